import { LabError } from "../core/errors.js";
import type { Features } from "./feature-spec.js";

/**
 * Features of another voice: what lay at band b lies at b × factor (linear interpolation between bands; above the
 * last band of the source its value goes on). Vocal tract length perturbation (Jaitly and Hinton 2013) on mel bands:
 * between 500 and 3,000 Hz, where formants lie, a factor of 1.06 moves them about as far as frequencies 10% higher.
 * Throws LabError unless the factor is positive.
 */
export function warpBands(features: Features, factor: number): Features {
  const { values, bands } = features;
  const warp = warpOfBands(bands, factor);
  const warped = new Float32Array(values.length);
  for (let row = 0; row < values.length; row += bands)
    writeWarpedFrame(values.subarray(row, row + bands), warp, warped, row);
  return { ...features, values: warped };
}

/** Where each band of a warped frame comes from: between two neighbours of the source, or the one band that there is. */
export interface BandWarp {
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  /** The upper one's share. */
  readonly weight: Float32Array;
}

/** The warp of `bands` bands by a factor. Throws LabError unless the factor is positive. */
export function warpOfBands(bands: number, factor: number): BandWarp {
  if (!(factor > 0 && factor < Number.POSITIVE_INFINITY)) {
    throw new LabError(`warpBands: factor is ${factor}.`, "Use a positive number, such as 0.92 to 1.08.");
  }
  const lower = new Int32Array(bands);
  const upper = new Int32Array(bands);
  const weight = new Float32Array(bands);
  for (let band = 0; band < bands; band++) {
    const position = Math.min(band / factor, bands - 1);
    lower[band] = Math.min(Math.floor(position), Math.max(0, bands - 2));
    upper[band] = Math.min(lower[band]! + 1, bands - 1);
    weight[band] = position - lower[band]!;
  }
  return { lower, upper, weight };
}

/** Writes a frame to `out[to]` on, its bands warped, `shift` added to each number. */
export function writeWarpedFrame(
  frame: Float32Array,
  { lower, upper, weight }: BandWarp,
  out: Float32Array,
  to: number,
  shift = 0,
): void {
  const bands = lower.length;
  for (let band = 0; band < bands; band++) {
    const value = frame[lower[band]!]!;
    out[to + band] = Math.fround(value + weight[band]! * (frame[upper[band]!]! - value)) + shift;
  }
}
