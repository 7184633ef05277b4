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
  return placeFrames(features, frames, random, out, offset, (from, count, to) =>
    out.set(values.subarray(from * bands, (from + count) * bands), to),
  );
}

/**
 * The same for a clip of so many frames that are not there yet: `write` puts `count` of them, the `from`-th first, from
 * `out[to]` on. Throws as `placeFeatures` does.
 */
export function placeFrames(
  { frames: own, bands }: Pick<Features, "frames" | "bands">,
  frames: number,
  random: Random | null,
  out: Float32Array,
  offset: number,
  write: (from: number, count: number, to: number) => void,
): Placement {
  const end = offset + frames * bands;
  if (!(offset >= 0 && end <= out.length)) {
    throw new LabError(
      `A row of ${frames} × ${bands} numbers at ${offset} does not fit into a batch of ${out.length}.`,
      "Allocate items × frames × bands numbers.",
    );
  }
  const room = Math.abs(frames - own);
  const at = (random === null ? room / 2 : random.below(room + 1)) | 0; // as an integer V8 counts from it twice as fast
  const isLonger = own > frames;
  const start = isLonger ? 0 : at;
  const length = Math.min(own, frames);
  out.fill(0, offset, offset + start * bands);
  write(isLonger ? at : 0, length, offset + start * bands);
  out.fill(0, offset + (start + length) * bands, end);
  return { start, length };
}
