import type { Features, WaveformSpec } from "./feature-spec.js";

/** Added to the variance, as transformers' Wav2Vec2FeatureExtractor does: silence stays finite. */
const smallestVariance = 1e-7;

/** The samples themselves as features, [samples, 1], a copy: as they are, or at mean 0 and variance 1. */
export function waveform(
  samples: Float32Array,
  { unitVariance = false }: Pick<WaveformSpec, "unitVariance"> = {},
): Features {
  const values = unitVariance ? toUnitVariance(samples) : samples.slice();
  return { values, frames: samples.length, bands: 1 };
}

function toUnitVariance(samples: Float32Array): Float32Array {
  let sum = 0;
  for (const sample of samples) sum += sample;
  const mean = sum / samples.length;
  let squares = 0;
  for (const sample of samples) squares += (sample - mean) ** 2;
  const deviation = Math.sqrt(squares / samples.length + smallestVariance);
  return samples.map((sample) => (sample - mean) / deviation);
}
