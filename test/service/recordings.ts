import { encodeWav } from "../../src/audio/encode-wav.js";
import { createRandom } from "../../src/core/random.js";

/** A voice-like sound at 16 kHz: harmonics that glide and swell, in a little noise. */
export function hum(seconds: number, seed = 1): Float32Array {
  const random = createRandom(seed).fork("hum");
  let phase = 0;
  return Float32Array.from({ length: Math.round(seconds * 16_000) }, (_, i) => {
    phase += (2 * Math.PI * (180 + 40 * Math.sin(i / 5_000) + 10 * seed)) / 16_000;
    const voice = Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.3 * Math.sin(3 * phase);
    return 0.2 * (1.2 + Math.sin(i / 1_600)) * voice + 0.005 * random.normal();
  });
}

/** Samples as a WAV file of 16 bits. */
export function wavOf(samples: Float32Array): Buffer {
  return Buffer.from(encodeWav(samples, 16_000));
}

/** Samples as s16le. */
export function pcmOf(samples: Float32Array): Buffer {
  return Buffer.from(
    Int16Array.from(samples, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))))
      .buffer,
  );
}

/** What 16 bits make of samples. */
export function as16Bits(samples: Float32Array): Float32Array {
  return samples.map((sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))) / 32_768);
}
