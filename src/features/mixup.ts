import { LabError } from "../core/errors.js";
import type { Random } from "../core/random.js";

/** A batch as flat rows: features [items, ...] and label distributions [items, classes]. */
export interface MixableBatch {
  readonly features: Float32Array;
  readonly labels: Float32Array;
  readonly items: number;
}

export interface MixupOptions {
  /** Shares are drawn from Beta(alpha, alpha), alpha in (0, 1]: 0.4 mostly keeps one clip and adds a little of another. */
  readonly alpha: number;
  /** The part of batches that is mixed, 0 to 1; the others are returned as they are. Default 1. */
  readonly probability?: number | undefined;
}

/**
 * mixup (Zhang et al. 2018): each item becomes share × itself + (1 - share) × another item of the batch, features
 * and label distributions alike, with one share a batch and partners by a random order. Returns new arrays (or the
 * given batch, when this one is not mixed). Throws LabError for a batch that does not divide into its items, and for
 * an alpha outside (0, 1].
 */
export function mixBatch(batch: MixableBatch, options: MixupOptions, random: Random): MixableBatch {
  const { items } = batch;
  throwIfUnfit(options.alpha);
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
  const share = betaSample(options.alpha, random);
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

/**
 * A number from Beta(alpha, alpha) by Jöhnk's method (Jöhnk 1964): a pair of powers of uniform numbers is drawn until
 * their sum is at most 1, and gives the first one's part in it. Throws LabError for alpha outside (0, 1].
 */
export function betaSample(alpha: number, random: Random): number {
  throwIfUnfit(alpha);
  for (;;) {
    const u = random.next() ** (1 / alpha);
    const v = random.next() ** (1 / alpha);
    if (u + v > 0 && u + v <= 1) return u / (u + v);
  }
}

function throwIfUnfit(alpha: number): void {
  if (alpha > 0 && alpha <= 1) return;
  throw new LabError(`mixup: alpha is ${alpha}.`, "Use a number above 0 and up to 1, such as 0.4.");
}
