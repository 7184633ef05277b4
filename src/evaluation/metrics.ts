import { type Emotion, emotionIndex, emotions } from "../corpora/emotions.js";
import type { Prediction } from "./prediction.js";
import { checkLabels } from "./prediction-checks.js";

/** The three figures that every result is told by, each from 0 to 1. */
export interface Scores {
  /** Share of clips whose decision is the label (weighted accuracy). */
  readonly accuracy: number;
  /** Unweighted average recall: the mean recall of the emotions that occur among the labels. */
  readonly uar: number;
  /** The mean F1 of the emotions that occur among the labels or the decisions. */
  readonly macroF1: number;
}

export const scoreNames = ["accuracy", "uar", "macroF1"] as const;
export type ScoreName = (typeof scoreNames)[number];

/** How well one emotion is told; a ratio over nothing counts as 0, as scikit-learn's default has it. */
export interface ClassScores {
  readonly emotion: Emotion;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Clips with this label. */
  readonly support: number;
}

const classes = emotions.length;

/** The cell of a flat 8 × 8 confusion matrix that a prediction counts in: label × 8 + decision. */
export function confusionCell(prediction: Prediction): number {
  return emotionIndex(prediction.emotion) * classes + emotionIndex(prediction.predicted);
}

/** Counts [label][decision], 8 × 8 in the order of `emotions`. Throws LabError when there are no predictions. */
export function countConfusions(predictions: readonly Prediction[]): number[][] {
  checkLabels(predictions);
  const counts = emotions.map(() => new Array<number>(classes).fill(0));
  for (const { emotion, predicted } of predictions)
    counts[emotionIndex(emotion)]![emotionIndex(predicted)]! += 1;
  return counts;
}

/**
 * Accuracy, UAR and macro-F1 of a flat 8 × 8 confusion matrix (rows are labels). Equal to scikit-learn's
 * accuracy_score, balanced_accuracy_score and f1_score(average="macro") with default arguments: recall is averaged
 * over the classes that occur among the labels, F1 over those among labels or decisions.
 */
export function scoresOfCounts(counts: ArrayLike<number>): Scores {
  let total = 0;
  let right = 0;
  let recalls = 0;
  let labelClasses = 0;
  let f1s = 0;
  let seenClasses = 0;
  for (let k = 0; k < classes; k++) {
    let support = 0;
    let decided = 0;
    for (let j = 0; j < classes; j++) {
      support += counts[k * classes + j]!;
      decided += counts[j * classes + k]!;
    }
    const hits = counts[k * classes + k]!;
    total += support;
    right += hits;
    if (support > 0) {
      labelClasses += 1;
      recalls += hits / support;
    }
    if (support + decided > 0) {
      seenClasses += 1;
      f1s += (2 * hits) / (support + decided);
    }
  }
  return { accuracy: right / total, uar: recalls / labelClasses, macroF1: f1s / seenClasses };
}

/** Accuracy, UAR and macro-F1 of predictions. Throws LabError when there are none. */
export function scorePredictions(predictions: readonly Prediction[]): Scores {
  return scoresOfCounts(countConfusions(predictions).flat());
}

/** Precision, recall, F1 and support of each of the eight emotions. Throws LabError when there are no predictions. */
export function scoreClasses(predictions: readonly Prediction[]): ClassScores[] {
  const counts = countConfusions(predictions);
  const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
  return emotions.map((emotion, k) => {
    const support = counts[k]!.reduce((sum, count) => sum + count, 0);
    const decided = counts.reduce((sum, row) => sum + row[k]!, 0);
    const hits = counts[k]![k]!;
    return {
      emotion,
      precision: ratio(hits, decided),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, support + decided),
      support,
    };
  });
}
