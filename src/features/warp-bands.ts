import { LabError } from "../core/errors.js";
import type { Features } from "./feature-spec.js";

/**
 * Features of another voice: what lay at band b lies at b × factor (linear interpolation between bands; above the
 * last band of the source its value goes on). Vocal tract length perturbation (Jaitly and Hinton 2013) on mel bands:
 * between 500 and 3,000 Hz, where formants lie, a factor of 1.06 moves them about as far as frequencies 10% higher.
 * Throws LabError unless the factor is positive.
 */
export function warpBands(features: Features, factor: number): Features {
  if (!(factor > 0 && factor < Number.POSITIVE_INFINITY)) {
    throw new LabError(`warpBands: factor is ${factor}.`, "Use a positive number, such as 0.92 to 1.08.");
  }
  const { values, bands, frames } = features;
  const lower = new Int32Array(bands);
  const weight = new Float32Array(bands);
  for (let band = 0; band < bands; band++) {
    const position = Math.min(band / factor, bands - 1);
    lower[band] = Math.min(Math.floor(position), Math.max(0, bands - 2));
    weight[band] = bands > 1 ? position - lower[band]! : 0;
  }
  const warped = new Float32Array(values.length);
  for (let row = 0; row < frames * bands; row += bands) {
    for (let band = 0; band < bands; band++) {
      const at = row + lower[band]!;
      const value = values[at]!;
      warped[row + band] = weight[band] === 0 ? value : value + weight[band]! * (values[at + 1]! - value);
    }
  }
  return { ...features, values: warped };
}
