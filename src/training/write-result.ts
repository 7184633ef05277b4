import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readJson, writeJson } from "../core/files.js";
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
 * the result is whole; that of another specification goes first.
 */
export async function writeResult(
  folder: string,
  { metrics, test, validation, history }: PublishedFiles,
  withIt: () => Promise<void> = async () => {},
): Promise<void> {
  await retractOther(join(folder, "metrics.json"), metrics.specHash);
  await writePredictions(join(folder, "predictions.csv"), test);
  await writePredictions(join(folder, "predictions-validation.csv"), validation);
  await writeHistory(join(folder, "history.csv"), history);
  await withIt();
  await writeJson(join(folder, "metrics.json"), metrics);
}

/** Takes away what says that the files of another run beside it are whole, before this run's take their place. */
export async function retractOther(path: string, hash: string): Promise<void> {
  const there = (await readJson(path)) as { specHash?: unknown } | null;
  if (there !== null && there.specHash !== hash) await rm(path);
}
