import { LabError } from "../core/errors.js";
import { isAiff, readAiff } from "./aiff.js";
import { decodeCompressed } from "./compressed.js";
import { type DeclaredSize, declaredSize } from "./declared-size.js";
import { type AudioLimits, checkBytes, checkSize, limitsFor, usualLimits } from "./limits.js";
import { decodePcm } from "./pcm.js";
import { type PieceResampler, resamplePieces } from "./resample.js";
import { isWav, plainLayout, readWavHeader } from "./riff.js";
import { checkSampleRate } from "./sample-rate.js";
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
 * name. `name` is what errors call the file. Of a long recording little more is in memory at once than what comes out.
 * Throws LabError, naming the file and the reason, when it is empty, truncated, damaged, no audio, of an unknown
 * kind, without samples, digitally silent (every sample the same; unless that is allowed), holds samples that are not
 * numbers or too large to be sound, has a rate outside 1,000 to 192,000 Hz, or is larger than the limits.
 */
export async function decodeAudio(
  bytes: Uint8Array,
  name: string,
  { allowSilence = false, limits = usualLimits }: DecodeOptions = {},
): Promise<Wave> {
  if (bytes.length === 0)
    throw new LabError(`${name} is empty (0 bytes).`, "Copy or download the file again.");
  checkBytes(bytes.length, name, limits);
  const room = limitsFor(bytes.length, limits);
  const pcm = plainSamples(bytes, name);
  const size = pcm === null ? declaredSize(bytes) : sizeOf(pcm);
  checkSize(size, name, room);
  const check = openSampleCheck();
  let resampler: PieceResampler | null = null;
  try {
    const pieces = pcm === null ? decodeCompressed(bytes, name, room) : decodePcmInPieces(pcm, name);
    for await (const { channels, rateHz } of pieces) {
      const mono = mixToMono(channels);
      check.look(mono);
      checkSampleRate(rateHz, name);
      const most = Math.ceil(room.mostSeconds * rateHz);
      resampler ??= resamplePieces(rateHz, sampleRateHz, { expected: Math.ceil(size.samplesEach), most });
      await resampler.add(mono);
    }
    check.end(name, allowSilence);
    return { samples: await resampler!.end(), sampleRate: sampleRateHz };
  } finally {
    resampler?.close();
  }
}

/** The samples of a file that holds them as they are; null for any other. */
function plainSamples(bytes: Uint8Array, name: string): PcmData | null {
  if (isAiff(bytes)) return readAiff(bytes, name);
  return isWav(bytes) ? plainWav(bytes, name) : null;
}

function sizeOf({ channels, bits, rateHz, bytes }: PcmData): DeclaredSize {
  return { channels, rateHz, samplesEach: (8 * bytes.length) / bits / channels };
}

/** Bytes that are turned into numbers at once. */
const pieceBytes = 2 ** 22;

function* decodePcmInPieces(pcm: PcmData, name: string): Generator<Sound> {
  const frameBytes = (pcm.bits / 8) * pcm.channels;
  const step = frameBytes * Math.max(1, Math.floor(pieceBytes / frameBytes));
  for (let at = 0; at === 0 || at < pcm.bytes.length; at += step)
    yield decodePcm({ ...pcm, bytes: pcm.bytes.subarray(at, at + step) }, name);
}

/** The samples of a WAV file; null where they are behind a block codec. */
function plainWav(bytes: Uint8Array, name: string): PcmData | null {
  const header = readWavHeader(bytes, bytes.length, name)!;
  const layout = plainLayout(header, name);
  if (layout === null) return null;
  const { frameBytes, dataStart, dataBytes } = header;
  return { ...layout, bytes: bytes.subarray(dataStart, dataStart + dataBytes - (dataBytes % frameBytes)) };
}

/**
 * Full scale is 1, and of 64-bit integers that were never scaled 9e18. What is larger is no sound; resampling and features
 * would make it infinite.
 */
const largestMagnitude = 1e30;

/** Looks for what would silently turn into NaN or into nothing further on. */
function openSampleCheck() {
  let [first, count, brokenAt, broken, isSilent] = [0, 0, -1, 0, true];
  return {
    look(samples: Float32Array): void {
      if (count === 0) first = samples[0] ?? 0;
      for (let i = 0; i < samples.length; i++) {
        const sample = samples[i]!;
        if (sample !== first) isSilent = false;
        if (brokenAt < 0 && !(Math.abs(sample) <= largestMagnitude)) [brokenAt, broken] = [count + i, sample];
      }
      count += samples.length;
    },
    /** Throws LabError, naming the file, for what was found. */
    end(name: string, allowSilence: boolean): void {
      if (count === 0)
        throw new LabError(
          `${name} has a header but no samples: its sound is 0 s long.`,
          "Record or copy it again.",
        );
      if (brokenAt >= 0) {
        throw new LabError(
          Number.isFinite(broken)
            ? `${name} holds samples that are too large to be sound (sample ${brokenAt} is ${broken.toPrecision(3)}; full scale is 1).`
            : `${name} holds samples that are not numbers (sample ${brokenAt} is ${broken}).`,
          "Write the file again with the program that made it, or leave the clip out.",
        );
      }
      if (isSilent && !allowSilence) {
        throw new LabError(
          `${name} is digital silence: all of its ${count} samples are ${first}.`,
          "Leave the clip out or record it again.",
        );
      }
    },
  };
}
