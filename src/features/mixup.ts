import { LabError } from "../core/errors.js";
import type { Random } from "../core/random.js";

/** A batch as flat rows: features [items, ...] and label distributions [items, classes]. */
export interface MixableBatch {
  readonly features: Float32Array;
  readonly labels: Float32Array;
  readonly items: number;
}

export interface MixupOptions {
  /** Shares are drawn from Beta(alpha, alpha): 0.4 mostly keeps one clip and adds a little of another. */
  readonly alpha: number;
  /** The part of batches that is mixed, 0 to 1; the others are returned as they are. Default 1. */
  readonly probability?: number | undefined;
}

/**
 * mixup (Zhang et al. 2018): each item becomes share × itself + (1 - share) × another item of the batch, features
 * and label distributions alike, with one share a batch and partners by a random order. Returns new arrays (or the
 * given batch, when this one is not mixed). Throws LabError for a batch that does not divide into its items.
 */
export function mixBatch(batch: MixableBatch, options: MixupOptions, random: Random): MixableBatch {
  const { items } = batch;
  if (!(options.alpha > 0))
    throw new LabError(`mixup: alpha is ${options.alpha}.`, "Use a positive number, such as 0.4.");
  if (
    !Number.isInteger(items) ||
    items < 1 ||
    batch.features.length % items !== 0 ||
    batch.labels.length % items !== 0
  ) {
    throw new LabError(
      `mixup: ${batch.features.length} features and ${batch.labels.length} labels are not rows of ${items} items.`,
      "Give whole rows.",
    );
  }
  if (!random.chance(options.probability ?? 1)) return batch;
  const share = betaSample(options.alpha, options.alpha, random);
  const partners = random.shuffle(Array.from({ length: items }, (_, item) => item));
  return {
    features: mixRows(batch.features, items, partners, share),
    labels: mixRows(batch.labels, items, partners, share),
    items,
  };
}

function mixRows(
  rows: Float32Array,
  items: number,
  partners: readonly number[],
  share: number,
): Float32Array {
  const width = rows.length / items;
  const mixed = new Float32Array(rows.length);
  for (let item = 0; item < items; item++) {
    const own = item * width;
    const other = partners[item]! * width;
    for (let i = 0; i < width; i++) mixed[own + i] = share * rows[own + i]! + (1 - share) * rows[other + i]!;
  }
  return mixed;
}

/** A number from Beta(a, b): the part of one gamma number in the sum of two. */
export function betaSample(a: number, b: number, random: Random): number {
  const [x, y] = [gammaSample(a, random), gammaSample(b, random)];
  return x + y > 0 ? x / (x + y) : 0.5;
}

/** A number from Gamma(shape, 1) (Marsaglia and Tsang 2000; a shape under 1 by their boost). */
function gammaSample(shape: number, random: Random): number {
  if (shape < 1) return gammaSample(shape + 1, random) * (1 - random.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
