import type { Features } from "./feature-spec.js";

/**
 * A clip in one vector whatever its length: the mean of each band over its frames, then the standard deviation of
 * each, [2 × bands]. What a linear model sees of a clip; also the shape in which frozen encoders are compared.
 */
export function featureStatistics({ values, frames, bands }: Features): Float32Array {
  const statistics = new Float32Array(2 * bands);
  for (let band = 0; band < bands; band++) {
    let sum = 0;
    let squares = 0;
    for (let i = band; i < values.length; i += bands) {
      sum += values[i]!;
      squares += values[i]! ** 2;
    }
    const mean = sum / frames;
    statistics[band] = mean;
    statistics[bands + band] = Math.sqrt(Math.max(0, squares / frames - mean ** 2));
  }
  return statistics;
}
