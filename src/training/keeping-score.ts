import { scorePredictions } from "../evaluation/metrics.js";
import type { Prediction } from "../evaluation/prediction.js";
import type { KeptBy } from "./run-spec.js";

/**
 * How good an epoch is on validation: the UAR of all clips, or the mean of the corpora's own UAR. Over all clips, eight
 * recalls count alike, and that of an emotion that one corpus alone has rests on very few clips: 32 of 1,112 for calm.
 * Throws LabError when there are no predictions.
 */
export function keepingScore(predictions: readonly Prediction[], keptBy: KeptBy = "uar"): number {
  if (keptBy === "uar") return scorePredictions(predictions).uar;
  const corpora = [...new Set(predictions.map(({ corpus }) => corpus))];
  const scores = corpora.map((name) => scorePredictions(predictions.filter((p) => p.corpus === name)).uar);
  return scores.reduce((sum, uar) => sum + uar, 0) / scores.length;
}
