import { LabError } from "../core/errors.js";
import type { Features } from "./feature-spec.js";

/**
 * Features stretched along time to `factor` times as many frames (at least 1) by linear interpolation, the first
 * and last frame kept. Throws LabError unless the factor is positive.
 */
export function stretchFrames(features: Features, factor: number): Features {
  const { bands } = features;
  const length = stretchedLength(features.frames, factor);
  if (length === features.frames) return features;
  const stretched = new Float32Array(length * bands);
  for (let row = 0; row < length; row++) writeStretchedFrame(features, length, row, stretched, row * bands);
  return { values: stretched, frames: length, bands };
}

/** How many frames `frames` become when they are stretched, at least 1 of any. Throws LabError unless the factor is positive. */
export function stretchedLength(frames: number, factor: number): number {
  if (!(factor > 0 && factor < Number.POSITIVE_INFINITY)) {
    throw new LabError(`stretchFrames: factor is ${factor}.`, "Use a positive number, such as 0.85 to 1.15.");
  }
  return frames === 0 ? 0 : Math.max(1, Math.round(frames * factor));
}

/** Writes one of the `length` frames that features are stretched to, `bands` numbers from `out[to]` on. */
export function writeStretchedFrame(
  { values, frames, bands }: Features,
  length: number,
  row: number,
  out: Float32Array,
  to: number,
): void {
  const { before, after, weight } = placeOfStretched(frames, length, row);
  const left = before * bands;
  const right = after * bands;
  for (let band = 0; band < bands; band++) {
    const value = values[left + band]!;
    out[to + band] = value + weight * (values[right + band]! - value);
  }
}

/** Between which of a clip's frames one of the `length` frames that it is stretched to lies, and the second one's share. */
export function placeOfStretched(
  frames: number,
  length: number,
  row: number,
): { readonly before: number; readonly after: number; readonly weight: number } {
  const position = length > 1 ? row * ((frames - 1) / (length - 1)) : 0;
  const before = Math.min(Math.floor(position), frames - 1) | 0; // as an integer V8 counts from it twice as fast
  return { before, after: Math.min(before + 1, frames - 1) | 0, weight: position - before };
}
