import { LabError } from "../core/errors.js";
import { isAiff, readAiff } from "./aiff.js";
import { unsupported } from "./audio-errors.js";
import { decodeCompressed } from "./compressed.js";
import { type AudioLimits, checkBytes, checkSize, usualLimits } from "./limits.js";
import { decodePcm } from "./pcm.js";
import { resample } from "./resample.js";
import { isWav, readWavHeader, wavTags } from "./riff.js";
import { mixToMono, type PcmData, type Sound } from "./sound.js";
import { sampleRateHz, type Wave } from "./wave.js";

export interface DecodeOptions {
  /** Takes a recording whose samples are all the same; false where absent: nothing is to be learnt from it. */
  readonly allowSilence?: boolean;
  /** `usualLimits` where absent. */
  readonly limits?: AudioLimits;
}

/**
 * Decodes a recording to mono at 16 kHz: the mean of its channels, resampled where its rate is another; sound
 * that is at 16 kHz already keeps its samples bit for bit. Reads WAV (8, 16, 24 and 32 bits, float, A-law, µ-law,
 * extensible, ADPCM), AIFF and AIFF-C, FLAC, MP3, OGG Vorbis and Opus, M4A, AAC and WebM, told apart by content, not by
 * name. `name` is what errors call the file.
 * Throws LabError, naming the file and the reason, when it is empty, truncated, damaged, no audio, of an unknown
 * kind, without samples, digitally silent (every sample the same; unless that is allowed), holds samples that are not
 * numbers, or is larger than the limits.
 */
export async function decodeAudio(
  bytes: Uint8Array,
  name: string,
  { allowSilence = false, limits = usualLimits }: DecodeOptions = {},
): Promise<Wave> {
  if (bytes.length === 0)
    throw new LabError(`${name} is empty (0 bytes).`, "Copy or download the file again.");
  checkBytes(bytes.length, name, limits);
  const sound = await decodeSound(bytes, name, limits);
  const mono = mixToMono(sound.channels);
  checkSamples(mono, name, allowSilence);
  return { samples: await resample(mono, sound.rateHz, sampleRateHz), sampleRate: sampleRateHz };
}

/** The channels as they are in the file, whatever its container. */
async function decodeSound(bytes: Uint8Array, name: string, limits: AudioLimits): Promise<Sound> {
  if (isAiff(bytes)) {
    const pcm = readAiff(bytes, name);
    checkPcm(pcm, name, limits);
    return decodePcm(pcm, name);
  }
  if (isWav(bytes)) {
    const sound = decodeWav(bytes, name, limits);
    if (sound !== null) return sound;
  }
  return await decodeCompressed(bytes, name, limits);
}

function checkPcm({ channels, bits, rateHz, bytes }: PcmData, name: string, limits: AudioLimits): void {
  checkSize({ channels, rateHz, samplesEach: (8 * bytes.length) / bits / channels }, name, limits);
}

/** The sound of a WAV file with plain samples; null for one with a block codec, after its length was checked. */
function decodeWav(bytes: Uint8Array, name: string, limits: AudioLimits): Sound | null {
  const header = readWavHeader(bytes, bytes.length, name)!;
  const { channels, rateHz, frameBytes, dataStart } = header;
  const encodings = Object.keys(wavTags) as (keyof typeof wavTags)[];
  const encoding = encodings.find((one) => wavTags[one] === header.tag);
  if (encoding === undefined) return null;
  const bits = (8 * frameBytes) / channels;
  if (!Number.isInteger(bits / 8))
    throw unsupported(name, `${frameBytes} bytes a frame for ${channels} channels`);
  const data = bytes.subarray(dataStart, dataStart + header.dataBytes - (header.dataBytes % frameBytes));
  const pcm = { encoding, channels, rateHz, bits, bytes: data };
  checkPcm(pcm, name, limits);
  return decodePcm(pcm, name);
}

/** What would silently turn into NaN or into nothing further on. */
function checkSamples(samples: Float32Array, name: string, allowSilence: boolean): void {
  if (samples.length === 0)
    throw new LabError(
      `${name} has a header but no samples: its sound is 0 s long.`,
      "Record or copy it again.",
    );
  const first = samples[0]!;
  let [broken, isSilent] = [-1, true];
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    if (sample !== first) isSilent = false;
    if (broken < 0 && !Number.isFinite(sample)) broken = i;
  }
  if (broken >= 0) {
    throw new LabError(
      `${name} holds samples that are not numbers (sample ${broken} is ${samples[broken]}).`,
      "Write the file again with the program that made it, or leave the clip out.",
    );
  }
  if (isSilent && !allowSilence) {
    throw new LabError(
      `${name} is digital silence: all of its ${samples.length} samples are ${first}.`,
      "Leave the clip out or record it again.",
    );
  }
}
