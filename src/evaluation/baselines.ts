import { LabError } from "../core/errors.js";
import { type Emotion, emotionIndex, emotions } from "../corpora/emotions.js";
import { type Scores, scoresOfCounts } from "./metrics.js";

/** The emotion that occurs most often; the first in the order of `emotions` on a tie. Throws LabError for no labels. */
export function majorityEmotion(labels: readonly Emotion[]): Emotion {
  if (labels.length === 0) throw new LabError("There are no labels.", "Give at least one.");
  const counts = emotions.map((emotion) => labels.filter((label) => label === emotion).length);
  return emotions[counts.indexOf(Math.max(...counts))]!;
}

/** What always answering the commonest training emotion scores on other labels: what a model must beat. */
export function majorityBaseline(
  trainLabels: readonly Emotion[],
  testLabels: readonly Emotion[],
): Scores & { readonly emotion: Emotion } {
  const emotion = majorityEmotion(trainLabels);
  if (testLabels.length === 0) throw new LabError("There are no labels to judge.", "Give at least one.");
  const counts = new Array<number>(64).fill(0);
  for (const label of testLabels) counts[emotionIndex(label) * 8 + emotionIndex(emotion)]! += 1;
  return { emotion, ...scoresOfCounts(counts) };
}

/** The UAR of any answer that does not look at the clip: one over the number of emotions among the labels. */
export function chanceUar(labels: readonly Emotion[]): number {
  if (labels.length === 0) throw new LabError("There are no labels.", "Give at least one.");
  return 1 / new Set(labels).size;
}
