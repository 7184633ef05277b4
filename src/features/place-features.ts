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
  const end = offset + frames * bands;
  if (!(offset >= 0 && end <= out.length)) {
    throw new LabError(
      `A row of ${frames} × ${bands} numbers at ${offset} does not fit into a batch of ${out.length}.`,
      "Allocate items × frames × bands numbers.",
    );
  }
  const room = Math.abs(frames - features.frames);
  const at = random === null ? Math.floor(room / 2) : random.below(room + 1);
  const isLonger = features.frames > frames;
  const start = isLonger ? 0 : at;
  const from = isLonger ? at : 0;
  const length = Math.min(features.frames, frames);
  out.fill(0, offset, offset + start * bands);
  out.set(values.subarray(from * bands, (from + length) * bands), offset + start * bands);
  out.fill(0, offset + (start + length) * bands, end);
  return { start, length };
}
