import { LabError } from "../core/errors.js";
import { nativeFunctions } from "../core/native-functions.js";
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
 * mixup (Zhang et al. 2018), in place: each item becomes share × itself + (1 - share) × another item of the batch,
 * features and label distributions alike, with one share a batch and partners by a random order. Returns whether this
 * batch is mixed. Throws LabError for a batch that does not divide into its items, and for an alpha outside (0, 1].
 */
export function mixBatch(batch: MixableBatch, options: MixupOptions, random: Random): boolean {
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
  if (!random.chance(options.probability ?? 1)) return false;
  const share = betaSample(options.alpha, random);
  const partners = random.shuffle(Array.from({ length: items }, (_, item) => item));
  mixRows(batch.features, partners, share);
  mixRows(batch.labels, partners, share);
  return true;
}

/** Mixes each row with its partner, by the addon where it is loaded: the same numbers bit for bit as without. */
function mixRows(rows: Float32Array, partners: readonly number[], share: number): void {
  const native = nativeFunctions();
  if (native === null) mixRowsPlainly(rows, partners, share);
  else native.mixRows(rows, Int32Array.from(partners), share);
}

/**
 * The same in plain JavaScript, cycle by cycle of the order: only a cycle's first row is asked for once it is mixed.
 */
export function mixRowsPlainly(rows: Float32Array, partners: readonly number[], share: number): void {
  const width = rows.length / partners.length;
  const rowOf = (item: number): Float32Array => rows.subarray(item * width, (item + 1) * width);
  const isMixed = partners.map(() => false);
  for (const first of partners) {
    if (isMixed[first]) continue;
    const asItWas = rowOf(first).slice();
    for (let item = first; !isMixed[item]; item = partners[item]!) {
      const partner = partners[item]!;
      mixRow(rowOf(item), partner === first ? asItWas : rowOf(partner), share);
      isMixed[item] = true;
    }
  }
}

function mixRow(row: Float32Array, partner: Float32Array, share: number): void {
  for (let i = 0; i < row.length; i++) row[i] = share * row[i]! + (1 - share) * partner[i]!;
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
