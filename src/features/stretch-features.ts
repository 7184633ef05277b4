import { LabError } from "../core/errors.js";
import type { Features } from "./feature-spec.js";

/**
 * Features stretched along time to `factor` times as many frames (at least 1) by linear interpolation, the first
 * and last frame kept. Throws LabError unless the factor is positive.
 */
export function stretchFrames(features: Features, factor: number): Features {
  if (!(factor > 0 && factor < Number.POSITIVE_INFINITY)) {
    throw new LabError(`stretchFrames: factor is ${factor}.`, "Use a positive number, such as 0.85 to 1.15.");
  }
  const { values, bands, frames } = features;
  const length = Math.max(1, Math.round(frames * factor));
  if (length === frames || frames === 0) return features;
  const stretched = new Float32Array(length * bands);
  const step = length > 1 ? (frames - 1) / (length - 1) : 0;
  for (let row = 0; row < length; row++) {
    const position = row * step;
    const before = Math.min(Math.floor(position), frames - 1);
    const weight = position - before;
    const left = before * bands;
    const right = Math.min(before + 1, frames - 1) * bands;
    const to = row * bands;
    for (let band = 0; band < bands; band++) {
      const value = values[left + band]!;
      stretched[to + band] = value + weight * (values[right + band]! - value);
    }
  }
  return { values: stretched, frames: length, bands };
}
