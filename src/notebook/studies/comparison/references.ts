import { join } from "node:path";
import { readJson } from "../../../core/files.js";
import type { Settings } from "../../../core/settings.js";
import type { Figure } from "../../../evaluation/report.js";
import type { PublishedResult } from "../../../training/published.js";
import type { ReferenceFigure, References } from "./comparison.js";

/** Published figures of others with their sources: data/references.json. */
export async function readReferences({ root }: Settings): Promise<References> {
  return (await readJson(join(root, "data", "references.json"))) as References;
}

/** Our figure that stands beside a published one; null where that row is not run. */
export function oursBeside(reference: ReferenceFigure, published: readonly PublishedResult[]): Figure | null {
  const { row, comparable, metric } = reference;
  const own = published.find(({ place }) => place === `${comparable}/${row}/seed-0`);
  return own === undefined ? null : own.metrics.test.all[metric];
}
