import { LabError } from "../core/errors.js";
import { emotions, isEmotion } from "../corpora/emotions.js";
import type { Prediction } from "./prediction.js";

/** How far eight probabilities written with six decimals may be from summing to 1. */
const sumTolerance = 1e-4;

/**
 * Throws LabError when a prediction is not one: a label that is no emotion, a clip id outside its corpus,
 * probabilities that are not eight numbers from 0 to 1 summing to 1 within 1e-4, or a decision whose probability
 * is not the largest (on a tie any of the largest may be decided for). `where` starts the message: a file and
 * line, or the clip.
 */
export function checkPrediction(prediction: Prediction, where: string): void {
  const { clip, corpus, speaker, emotion, predicted, probabilities } = prediction;
  const fail = (problem: string, remedy: string): never => {
    throw new LabError(`${where}: ${problem}.`, remedy);
  };
  if (corpus === "" || !clip.startsWith(`${corpus}/`) || clip.length === corpus.length + 1)
    fail(`clip "${clip}" is not of corpus "${corpus}"`, "A clip is written <corpus>/<file name>.");
  if (speaker === "") fail("the speaker is empty", "Name the speaker, <corpus>/<speaker>.");
  for (const [column, label] of Object.entries({ emotion, predicted })) {
    if (!isEmotion(label)) fail(`${column} "${label}" is no emotion`, `Use one of ${emotions.join(", ")}.`);
  }
  if (probabilities.length !== emotions.length)
    fail(`${probabilities.length} probabilities instead of 8`, "Give one for every emotion, in their order.");
  let sum = 0;
  let largest = 0;
  for (const probability of probabilities) {
    if (!(probability >= 0 && probability <= 1))
      fail(`${probability} is no probability`, "Every one must be a number from 0 to 1.");
    sum += probability;
    largest = Math.max(largest, probability);
  }
  if (Math.abs(sum - 1) > sumTolerance)
    fail(`the probabilities sum to ${sum.toFixed(6)}`, "They must sum to 1 within 0.0001.");
  if (probabilities[emotions.indexOf(predicted)]! < largest)
    fail(
      `predicted is ${predicted}, but the largest probability is that of ${emotions[probabilities.indexOf(largest)]}`,
      "The decision is the argmax over all eight emotions.",
    );
}

/** Throws LabError when there is no prediction, or when a label is none of the eight emotions. */
export function checkLabels(predictions: readonly Prediction[]): void {
  if (predictions.length === 0)
    throw new LabError("There are no predictions to judge.", "Give at least one clip.");
  for (const { clip, emotion, predicted } of predictions) {
    if (!isEmotion(emotion) || !isEmotion(predicted))
      throw new LabError(
        `${clip}: "${isEmotion(emotion) ? predicted : emotion}" is no emotion.`,
        `Use one of ${emotions.join(", ")}.`,
      );
  }
}
