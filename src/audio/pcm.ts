import wavDecoder from "wav-decoder";
import { WaveFile } from "wavefile";
import { unsupported } from "./audio-errors.js";
import { minimalWav } from "./encode-wav.js";
import type { PcmData, Sound } from "./sound.js";

/**
 * Plain samples to numbers. Integers are divided by 2^(bits-1), as libsndfile does, so that -1 is exact and +1 is
 * never reached. wav-decoder reads 16 and 32 bits and floats; wavefile reads what it cannot: 8 bits (whose zero it
 * would misplace), 24 bits (whose lowest value it would turn positive), A-law and µ-law.
 * Throws LabError, naming the file, for sample sizes that do not exist.
 */
export function decodePcm(pcm: PcmData, name: string): Sound {
  const { encoding, bits } = pcm;
  const wav = minimalWav(pcm);
  if (
    encoding === "float" ? bits === 32 || bits === 64 : encoding === "integer" && (bits === 16 || bits === 32)
  ) {
    const decoded = wavDecoder.decode.sync(wav.buffer as ArrayBuffer, { symmetric: true });
    return { channels: decoded.channelData, rateHz: pcm.rateHz };
  }
  const isKnown = encoding === "integer" ? bits === 8 || bits === 24 : encoding !== "float" && bits === 8;
  if (!isKnown) throw unsupported(name, `${bits}-bit ${encoding} samples are not known here`);
  const file = new WaveFile(wav);
  if (encoding === "a-law") file.fromALaw();
  if (encoding === "mu-law") file.fromMuLaw();
  const [zero, scale] = encoding !== "integer" ? [0, 2 ** 15] : bits === 8 ? [128, 2 ** 7] : [0, 2 ** 23];
  const samples = file.getSamples(false) as unknown as Float64Array | Float64Array[];
  const channels = Array.isArray(samples) ? samples : [samples];
  return {
    channels: channels.map((one) => Float32Array.from(one, (v) => (v - zero) / scale)),
    rateHz: pcm.rateHz,
  };
}
