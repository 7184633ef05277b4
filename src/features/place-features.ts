import { LabError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import type { Features } from "./feature-spec.js";

/** Where a clip lies in its row of a batch, in frames; outside it the row is zero. */
export interface Placement {
  readonly start: number;
  readonly length: number;
}

/**
 * Writes a clip into a batch as `frames` × bands numbers from `out[offset]` on, zeros around it: at random where
 * `random` is given, else in the middle. Of a longer clip a random (or the middle) part is taken. Returns where it
 * lies. Throws LabError when the row does not fit into `out`.
 */
export function placeFeatures(
  features: Features,
  frames: number,
  random: Random | null,
  out: Float32Array,
  offset = 0,
): Placement {
  const { values, bands } = features;
  const { start, from, length } = placeInRow(features.frames, frames, random);
  clearAround({ start, length }, frames, bands, out, offset);
  out.set(values.subarray(from * bands, (from + length) * bands), offset + start * bands);
  return { start, length };
}

/** Where a clip of `own` frames lies in a row of `frames`, and from which of its frames on it is seen. */
export function placeInRow(
  own: number,
  frames: number,
  random: Random | null,
): Placement & { readonly from: number } {
  const room = Math.abs(frames - own);
  const at = (random === null ? room / 2 : random.below(room + 1)) | 0; // as an integer V8 counts from it twice as fast
  const isLonger = own > frames;
  return { start: isLonger ? 0 : at, from: isLonger ? at : 0, length: Math.min(own, frames) };
}

/** Zeros before and behind a clip in its row. Throws LabError when the row does not fit into `out`. */
export function clearAround(
  { start, length }: Placement,
  frames: number,
  bands: number,
  out: Float32Array,
  offset: number,
): void {
  const end = offset + frames * bands;
  if (!(offset >= 0 && end <= out.length)) {
    throw new LabError(
      `A row of ${frames} × ${bands} numbers at ${offset} does not fit into a batch of ${out.length}.`,
      "Allocate items × frames × bands numbers.",
    );
  }
  out.fill(0, offset, offset + start * bands);
  out.fill(0, offset + (start + length) * bands, end);
}
