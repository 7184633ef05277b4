/** Files hold six decimals: a probability written 0.000000 may be up to half of the last. */
export const smallestProbability = 5e-7;

/** The natural logarithm of a probability as a file holds it: a 0 is read as half of the last decimal. */
export function logProbability(probability: number): number {
  return Math.log(Math.max(probability, smallestProbability));
}
