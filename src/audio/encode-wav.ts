import { WaveFile } from "wavefile";

/**
 * Mono samples (nominal range -1 to 1, clipped beyond it) as the bytes of a 16-bit PCM WAV file. Decoding it
 * again gives every sample back within half a step, 1/65,536.
 */
export function encodeWav(samples: Float32Array, sampleRateHz: number): Uint8Array {
  const integers = Int16Array.from(samples, (value) =>
    Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768))),
  );
  const file = new WaveFile();
  file.fromScratch(1, sampleRateHz, "16", integers);
  return file.toBuffer();
}
