import { LabError } from "../core/errors.js";
import type { Prediction } from "./prediction.js";

/**
 * Deals clips to folds of about equal size so that no speaker is in two: speakers with the most clips first, each to the
 * fold with the fewest clips so far. Gives every clip's fold, in the order of the predictions. With fewer speakers than
 * folds there are as many folds as speakers. Throws LabError for fewer than two speakers.
 */
export function speakerFolds(predictions: readonly Prediction[], most = 5): number[] {
  const counts = new Map<string, number>();
  for (const { speaker } of predictions) counts.set(speaker, (counts.get(speaker) ?? 0) + 1);
  if (counts.size < 2)
    throw new LabError(
      `The clips are of ${counts.size} speakers.`,
      "Cross-validation by speaker needs two or more.",
    );
  const sizes = new Array<number>(Math.min(most, counts.size)).fill(0);
  const foldOf = new Map<string, number>();
  const bySize = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  for (const [speaker, count] of bySize) {
    const fold = sizes.indexOf(Math.min(...sizes));
    foldOf.set(speaker, fold);
    sizes[fold]! += count;
  }
  return predictions.map(({ speaker }) => foldOf.get(speaker)!);
}
