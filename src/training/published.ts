import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Settings } from "../core/settings.js";
import type { Prediction } from "../evaluation/prediction.js";
import { readPredictions } from "../evaluation/predictions-file.js";
import { evaluateFolds, type PartMetrics } from "../evaluation/report.js";
import { type EpochRecord, readHistory } from "./history.js";
import { readMetrics } from "./read-metrics.js";
import type { ResultMetrics } from "./run-metrics.js";

/** A committed result: what a folder under results/ holds. */
export interface PublishedResult {
  /** Below results/: `combined/resnet/seed-0`. */
  readonly place: string;
  readonly protocol: string;
  readonly name: string;
  readonly metrics: ResultMetrics;
}

/** Every committed result, sorted by place. */
export async function listPublished(settings: Settings): Promise<PublishedResult[]> {
  const root = join(settings.root, "results");
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const results: PublishedResult[] = [];
  for (const entry of entries) {
    if (entry.name !== "metrics.json") continue;
    const place = relative(root, entry.parentPath).split("\\").join("/");
    const [protocol, name] = place.split("/") as [string, string];
    results.push({
      place,
      protocol,
      name,
      metrics: (await readMetrics(join(entry.parentPath, entry.name)))!,
    });
  }
  return results.sort((a, b) => (a.place < b.place ? -1 : 1));
}

/** The predictions of one part behind a committed result; nothing else is read. */
export async function readPublishedPart(
  place: string,
  part: "test" | "validation",
  settings: Settings,
): Promise<Prediction[]> {
  const file = part === "test" ? "predictions.csv" : "predictions-validation.csv";
  return await readPredictions(join(settings.root, "results", place, file));
}

/** The predictions and the history behind a committed result. */
export async function readPublished(
  place: string,
  settings: Settings,
): Promise<{ test: Prediction[]; validation: Prediction[]; history: EpochRecord[] }> {
  const folder = join(settings.root, "results", place);
  const [test, validation, history] = await Promise.all([
    readPublishedPart(place, "test", settings),
    readPublishedPart(place, "validation", settings),
    readHistory(join(folder, "history.csv")),
  ]);
  return { test, validation, history };
}

/**
 * The test metrics of a row's results on one protocol and seed: metrics.json's own, or with folds the mean over those that
 * are there, from their predictions.
 */
export async function testMetricsOf(
  results: readonly PublishedResult[],
  settings: Settings,
): Promise<PartMetrics> {
  const { metrics } = results[0]!;
  if (metrics.spec.fold === null) return metrics.test;
  return evaluateFolds(
    await Promise.all(results.map(({ place }) => readPublishedPart(place, "test", settings))),
  );
}
