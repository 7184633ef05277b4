import { wavTags } from "./riff.js";
import type { PcmData } from "./sound.js";

/**
 * Mono samples (nominal range -1 to 1, clipped beyond it) as the bytes of a 16-bit PCM WAV file. Decoding it
 * again gives every sample back within half a step, 1/65,536.
 */
export function encodeWav(samples: Float32Array, sampleRateHz: number): Uint8Array {
  const bytes = new Uint8Array(2 * samples.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < samples.length; i++) {
    const value = Math.max(-32_768, Math.min(32_767, Math.round(samples[i]! * 32_768)));
    view.setInt16(2 * i, value, true);
  }
  return minimalWav({ encoding: "integer", channels: 1, rateHz: sampleRateHz, bits: 16, bytes });
}

/** Samples behind the plainest header there is, 44 bytes, which every decoder reads. */
export function minimalWav(pcm: PcmData): Uint8Array {
  const wav = new Uint8Array(44 + pcm.bytes.length);
  const view = new DataView(wav.buffer);
  const frameBytes = (pcm.channels * pcm.bits) / 8;
  const ascii = (at: number, text: string): void => wav.set(new TextEncoder().encode(text), at);
  ascii(0, "RIFF");
  view.setUint32(4, 36 + pcm.bytes.length, true);
  ascii(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, wavTags[pcm.encoding], true);
  view.setUint16(22, pcm.channels, true);
  view.setUint32(24, pcm.rateHz, true);
  view.setUint32(28, pcm.rateHz * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, pcm.bits, true);
  ascii(36, "data");
  view.setUint32(40, pcm.bytes.length, true);
  wav.set(pcm.bytes, 44);
  return wav;
}
