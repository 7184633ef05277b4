import { emotions } from "../corpora/emotions.js";
import { alignMembers, combinePredictions } from "./combine.js";
import type { Prediction } from "./prediction.js";

/**
 * How much members disagree about each clip, in nats: the entropy of their mean minus the mean of their entropies
 * (the mutual information of clip and member; Depeweg et al. 2018). 0 where all say the same, whether sure or not.
 * In the order of the first member's clips. Throws as `alignMembers` does.
 */
export function disagreement(members: readonly (readonly Prediction[])[]): number[] {
  const aligned = alignMembers(members);
  return combinePredictions(aligned).map(({ probabilities }, clip) => {
    const single =
      aligned.reduce((sum, member) => sum + entropy(member[clip]!.probabilities), 0) / aligned.length;
    return Math.max(0, entropy(probabilities) - single);
  });
}

function entropy(probabilities: readonly number[]): number {
  return emotions.reduce((sum, _, i) => {
    const p = probabilities[i]!;
    return p > 0 ? sum - p * Math.log(p) : sum;
  }, 0);
}
