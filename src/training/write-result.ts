import { join } from "node:path";
import { writeJson } from "../core/files.js";
import type { Prediction } from "../evaluation/prediction.js";
import { writePredictions } from "../evaluation/predictions-file.js";
import { type EpochRecord, writeHistory } from "./history.js";
import type { ResultMetrics } from "./run-metrics.js";

/** What is published of every result, whatever made it. */
export interface PublishedFiles {
  readonly metrics: ResultMetrics;
  readonly test: readonly Prediction[];
  readonly validation: readonly Prediction[];
  readonly history: readonly EpochRecord[];
}

/**
 * Writes a result's files to its folder: predictions, history, what `withIt` adds, and metrics.json last, which says that
 * the result is whole.
 */
export async function writeResult(
  folder: string,
  { metrics, test, validation, history }: PublishedFiles,
  withIt: () => Promise<void> = async () => {},
): Promise<void> {
  await writePredictions(join(folder, "predictions.csv"), test);
  await writePredictions(join(folder, "predictions-validation.csv"), validation);
  await writeHistory(join(folder, "history.csv"), history);
  await withIt();
  await writeJson(join(folder, "metrics.json"), metrics);
}
