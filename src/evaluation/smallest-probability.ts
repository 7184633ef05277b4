/** Files hold six decimals: a probability written 0.000000 may be up to half of the last. */
export const smallestProbability = 5e-7;

/** The natural logarithm of a probability as a file holds it: a 0 is read as half of the last decimal. */
export function logProbability(probability: number): number {
  return Math.log(Math.max(probability, smallestProbability));
}

/**
 * The probabilities at another temperature, p^(1 / temperature) with a sum of 1: the same as dividing the logits. A 0 is
 * read as `logProbability` reads it, so that a temperature is fitted for what is then done.
 */
export function softenProbabilities(probabilities: readonly number[], temperature: number): number[] {
  // Divided by the largest first: its power is 1 whatever the temperature, so nothing overflows or sums to 0.
  const largest = Math.max(...probabilities);
  const powers = probabilities.map((p) => (Math.max(p, smallestProbability) / largest) ** (1 / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
