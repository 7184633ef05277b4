import { join } from "node:path";
import { readJson } from "../../../core/files.js";
import type { Settings } from "../../../core/settings.js";
import { evaluateFolds, type Figure } from "../../../evaluation/report.js";
import { type PublishedResult, readPublished } from "../../../training/published.js";
import type { ReferenceFigure, References } from "./comparison.js";

/** Published figures of others with their sources: data/references.json. */
export async function readReferences({ root }: Settings): Promise<References> {
  return (await readJson(join(root, "data", "references.json"))) as References;
}

/** Our figure of seed 0 that stands beside a published one, with folds their mean; null where that row is not run. */
export async function oursBeside(
  { row, comparable, metric }: ReferenceFigure,
  published: readonly PublishedResult[],
  settings: Settings,
): Promise<Figure | null> {
  const own = published.filter(
    ({ name, protocol, metrics }) => name === row && protocol === comparable && metrics.spec.seed === 0,
  );
  if (own.length === 0) return null;
  if (own[0]!.metrics.spec.fold === null) return own[0]!.metrics.test.all[metric];
  const folds = await Promise.all(own.map(({ place }) => readPublished(place, settings)));
  return evaluateFolds(folds.map(({ test }) => test)).all[metric];
}
