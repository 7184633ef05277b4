import type { Prediction } from "./prediction.js";
import { checkLabels } from "./prediction-checks.js";

/** Answering only the surest clips: how many, and how many of these decisions are right. */
export interface CoveragePoint {
  /** Share of clips that are answered. */
  readonly coverage: number;
  readonly accuracy: number;
}

/**
 * Accuracy against coverage: clips are answered from the surest down (by `sureness`, the top probability where absent),
 * at `points` even steps up to all of them (selective prediction; El-Yaniv and Wiener 2010). Equal sureness keeps the
 * order of clip names. Throws LabError when there are no predictions.
 */
export function selectiveAccuracy(
  predictions: readonly Prediction[],
  sureness: readonly number[] = predictions.map(({ probabilities }) => Math.max(...probabilities)),
  points = 20,
): CoveragePoint[] {
  checkLabels(predictions);
  const order = predictions
    .map(({ clip, emotion, predicted }, i) => ({ clip, isRight: emotion === predicted, sure: sureness[i]! }))
    .sort((a, b) => b.sure - a.sure || (a.clip < b.clip ? -1 : 1));
  return Array.from({ length: points }, (_, point) => {
    const answered = Math.max(1, Math.round(((point + 1) / points) * order.length));
    const right = order.slice(0, answered).filter(({ isRight }) => isRight).length;
    return { coverage: answered / order.length, accuracy: right / answered };
  });
}
