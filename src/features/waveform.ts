import type { Features } from "./feature-spec.js";

/** The samples themselves as features: [samples, 1], a copy. */
export function waveform(samples: Float32Array): Features {
  return { values: samples.slice(), frames: samples.length, bands: 1 };
}
