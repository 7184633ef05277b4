import { join } from "node:path";
import { readJson } from "../../../core/files.js";
import type { Settings } from "../../../core/settings.js";
import type { Figure } from "../../../evaluation/report.js";
import { folds } from "../../../protocols/draw-split.js";
import { type PublishedResult, testMetricsOf } from "../../../training/published.js";
import type { ReferenceFigure, References } from "./comparison.js";

/** Published figures of others with their sources: data/references.json. */
export async function readReferences({ root }: Settings): Promise<References> {
  return (await readJson(join(root, "data", "references.json"))) as References;
}

/** Our figure of seed 0 that stands beside a published one, with folds their mean; null where that row, or a fold, is not run. */
export async function oursBeside(
  { row, comparable, metric }: ReferenceFigure,
  published: readonly PublishedResult[],
  settings: Settings,
): Promise<Figure | null> {
  const own = published.filter(
    ({ name, protocol, metrics }) => name === row && protocol === comparable && metrics.spec.seed === 0,
  );
  const needed = Math.max(1, folds(comparable).length);
  return own.length < needed ? null : (await testMetricsOf(own, settings)).all[metric];
}
