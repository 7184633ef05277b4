import { LabError } from "../core/errors.js";
import { emotions, likeliestEmotion } from "../corpora/emotions.js";
import type { Prediction } from "./prediction.js";
import { alignPredictions } from "./significance.js";

/**
 * One prediction a clip out of several members' (opinion pooling; Genest and Zidek 1986): probabilities averaged with
 * the given weights, equal where absent; the decision is the argmax over all eight classes. Members may list their clips
 * in any order. Throws LabError for no member, for members of different clips, and for weights that are negative or
 * sum to nothing.
 */
export function combinePredictions(
  members: readonly (readonly Prediction[])[],
  weights: readonly number[] = members.map(() => 1),
): Prediction[] {
  const aligned = alignMembers(members);
  const shares = toShares(weights, aligned.length);
  return aligned[0]!.map((first, clip) => {
    const pooled = emotions.map((_, emotion) =>
      aligned.reduce((sum, member, i) => sum + shares[i]! * member[clip]!.probabilities[emotion]!, 0),
    );
    return decide(first, pooled);
  });
}

/** A prediction with these (unnormalised) probabilities in place of its own. */
export function decide(prediction: Prediction, values: readonly number[]): Prediction {
  const sum = values.reduce((total, value) => total + value, 0);
  const probabilities = values.map((value) => value / sum);
  const predicted = likeliestEmotion(probabilities);
  return { ...prediction, probabilities, predicted };
}

/** Every member's predictions in the order of the first's. Throws LabError for no member or members of other clips. */
export function alignMembers(members: readonly (readonly Prediction[])[]): (readonly Prediction[])[] {
  const [first, ...rest] = members;
  if (first === undefined) throw new LabError("There are no members to combine.", "Give at least one.");
  return [first, ...rest.map((member) => alignPredictions(first, member))];
}

function toShares(weights: readonly number[], members: number): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (weights.length !== members || weights.some((weight) => !(weight >= 0)) || !(total > 0))
    throw new LabError(
      `The weights ${weights.join(", ")} do not fit ${members} members.`,
      "Give each member a weight of 0 or more, at least one above 0.",
    );
  return weights.map((weight) => weight / total);
}
