/** The middle value; the mean of the two middle ones of an even number. @param {readonly number[]} values */
export function median(values) {
  if (values.length === 0) throw new RangeError("the median of no value is asked for");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = /** @type {number} */ (sorted[middle]);
  return sorted.length % 2 === 1 ? upper : /** @type {number} */ (sorted[middle - 1] + upper) / 2;
}

/**
 * How far repeats lie apart: (largest - smallest) / median.
 * @param {readonly number[]} values
 */
export function spread(values) {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/** Units of which fewer are better. */
const lessIsBetter = ["s", "ms", "MiB"];

/**
 * How many times better ours is than another side: above 1 where ours is faster or smaller, whatever the unit. Null
 * where a side has no figure.
 * @param {number | null} ours
 * @param {number | null} other
 * @param {string} unit
 */
export function ratioOf(ours, other, unit) {
  if (ours === null || other === null) return null;
  return lessIsBetter.includes(unit) ? other / ours : ours / other;
}

/** Rounded to so many significant digits. @param {number} value */
export function significant(value, digits = 4) {
  return Number(value.toPrecision(digits));
}
