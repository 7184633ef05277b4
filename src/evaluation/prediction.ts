import type { Emotion } from "../corpora/emotions.js";

/** What a model said of one clip: a row of predictions.csv. */
export interface Prediction {
  readonly clip: string;
  readonly corpus: string;
  readonly speaker: string;
  /** The label. */
  readonly emotion: Emotion;
  /** The argmax over all eight classes, never masked by corpus. */
  readonly predicted: Emotion;
  /** Eight numbers in the order of `emotions`, summing to 1. */
  readonly probabilities: readonly number[];
}
