import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson } from "../core/hash.js";
import { percent, percentFigure, percentRange } from "../core/percent.js";
import { actorGaps } from "../evaluation/actor-gaps.js";
import type { Prediction } from "../evaluation/prediction.js";
import { readMetrics } from "./read-metrics.js";
import type { ResultSpec } from "./run-spec.js";

/**
 * What results/ has measured that a published row does badly, a sentence each: on corpora that were held out of its
 * recipe's training, and for groups of CREMA-D's actors. Empty where nothing of it was measured. `spec` is the row's.
 */
export async function measuredLimits(
  root: string,
  name: string,
  spec: ResultSpec,
  test: readonly Prediction[],
): Promise<string[]> {
  return [...(await heldOutCorpora(root, name, spec)), ...(spec.protocol === newVoices ? gapsOf(test) : [])];
}

const newVoices = "speaker-independent";
const heldOut = "leave-one-corpus-out";

/** How the row's recipe does on each corpus that it was trained without; a run of another recipe says nothing of it. */
async function heldOutCorpora(root: string, name: string, spec: ResultSpec): Promise<string[]> {
  const folder = join(root, "results", heldOut, name, `seed-${spec.seed}`);
  const figures: string[] = [];
  for (const corpus of (await readdir(folder).catch(() => [])).sort()) {
    const metrics = await readMetrics(join(folder, corpus, "metrics.json"));
    if (metrics === null || recipeOf(metrics.spec) !== recipeOf(spec)) continue;
    figures.push(`${corpus} ${percentFigure(metrics.test.all.uar)}`);
  }
  if (figures.length === 0) return [];
  return [
    `Trained in the same way without any clip of a corpus (${heldOut}), its UAR on that corpus, in percent: ${figures.join(", ")}.`,
  ];
}

/** All of a specification but how clips are divided. */
function recipeOf({ protocol: _protocol, fold: _fold, ...others }: ResultSpec): string {
  return canonicalJson(others);
}

/** The groups by sex and by race whose UAR is lower than the others', as far as there are voices enough for an interval. */
function gapsOf(test: readonly Prediction[]): string[] {
  const gaps = [...actorGaps(test, ({ sex }) => sex), ...actorGaps(test, ({ race }) => race)];
  return gaps.flatMap((gap) => {
    const { group, speakers, speaker } = gap;
    if (speaker === null || gap.gap > -0.0005) return []; // what rounds to 0.0 points is no gap
    return `On CREMA-D's new voices the UAR of ${speakers} ${group} actors differs from that of the others by ${percent(gap.gap)} points (95% interval by speaker ${percentRange(speaker)}).`;
  });
}
