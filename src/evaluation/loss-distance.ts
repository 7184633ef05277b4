import { negativeLogLikelihood } from "./calibration.js";
import type { Prediction } from "./prediction.js";

/**
 * The standard error, in nats, of the mean distance between two answers' negative log-likelihoods on the same clips in
 * the same order. Speakers are what is drawn, not single clips (cluster-robust: Liang and Zeger 1986, equation 2.1 for a
 * mean; times √(g / (g - 1)) for g speakers, since the mean is theirs): the clips of one voice go right and wrong together.
 * 0 with one speaker, of whom nothing can be said.
 */
export function errorOfLossDistance(one: readonly Prediction[], other: readonly Prediction[]): number {
  const distances = one.map((own, i) => negativeLogLikelihood([own]) - negativeLogLikelihood([other[i]!]));
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  const sums = new Map<string, number>();
  for (const [i, { speaker }] of one.entries())
    sums.set(speaker, (sums.get(speaker) ?? 0) + distances[i]! - mean);
  const squares = [...sums.values()].reduce((total, sum) => total + sum ** 2, 0);
  const unbiased = sums.size > 1 ? sums.size / (sums.size - 1) : 1;
  return Math.sqrt(unbiased * squares) / distances.length;
}
