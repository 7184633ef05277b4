import { emotionIndex } from "../corpora/emotions.js";
import { alignMembers } from "./combine.js";
import type { Prediction } from "./prediction.js";
import { smallestProbability } from "./smallest-probability.js";

/** The loss is convex and falls at every pass; after so many the weights' fourth decimal stands still. */
const mostPasses = 2000;
const smallestChange = 1e-7;

/**
 * The weights of an arithmetic pool that make the labels of validation clips most likely: the mixture proportions'
 * maximum likelihood by expectation maximisation (Dempster et al. 1977), the members being fixed. They are 0 or more
 * and sum to 1; a member that says nothing of its own ends near 0. Throws as `alignMembers` does.
 */
export function fitEnsembleWeights(validation: readonly (readonly Prediction[])[]): number[] {
  const members = alignMembers(validation);
  const likelihoods = members.map((member) =>
    member.map(({ emotion, probabilities }) =>
      Math.max(probabilities[emotionIndex(emotion)]!, smallestProbability),
    ),
  );
  const clips = likelihoods[0]!.length;
  let weights = members.map(() => 1 / members.length);
  for (let pass = 0; pass < mostPasses; pass++) {
    const sums = new Array<number>(members.length).fill(0);
    for (let clip = 0; clip < clips; clip++) {
      const parts = weights.map((weight, i) => weight * likelihoods[i]![clip]!);
      const whole = parts.reduce((sum, part) => sum + part, 0);
      parts.forEach((part, i) => {
        sums[i]! += part / whole;
      });
    }
    const next = sums.map((sum) => sum / clips);
    const change = Math.max(...next.map((weight, i) => Math.abs(weight - weights[i]!)));
    weights = next;
    if (change < smallestChange) break;
  }
  return weights;
}
