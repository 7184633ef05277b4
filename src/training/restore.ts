import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { io } from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";
import { readJson, writeJson } from "../core/files.js";
import type { Settings } from "../core/settings.js";
import { loadTensorFlow } from "../core/tensorflow.js";
import type { Standardisation } from "../features/standardise.js";
import { modelFromFiles, weightsFileName } from "../models/artifacts.js";
import { writeCheckpoint } from "./checkpoint.js";
import { createOptimiser } from "./optimiser.js";
import { listPublished, type PublishedResult, readPublished } from "./published.js";
import { runHash } from "./run-spec.js";
import { openRun, type RunFiles, readRun, runFiles } from "./run-store.js";
import { aloneWithRun } from "./running.js";
import { modelVariables } from "./variables.js";
import { type PublishedFiles, writeResult } from "./write-result.js";

/** A run that was put back into the store. */
export interface RestoredRun {
  readonly hash: string;
  /** Where its result is published, below results/. */
  readonly place: string;
  /** Whether models/ had its weights: without them it can be looked at and compared, not asked. */
  readonly hasWeights: boolean;
}

/**
 * Puts published results back into the store as the runs that they were, so that whatever asks for one (a notebook, a
 * student of it, `affectlab train`) reads it instead of training it again: a fresh clone has results/ and no store. What
 * the store has stays, and so do ensembles, which are no runs. Weights are those of models/, which may be rounded to
 * float16: no answer on validation changes by it (see `choosePrecision`). `names` are rows; all where empty. Throws
 * LabError for a row of which nothing is published.
 */
export async function restoreRuns(names: readonly string[], settings: Settings): Promise<RestoredRun[]> {
  const published = (await listPublished(settings)).filter(
    ({ metrics }) => metrics.spec.model !== "ensemble",
  );
  const unknown = names.find((name) => !published.some((result) => result.name === name));
  if (unknown !== undefined) {
    const known = [...new Set(published.map(({ name }) => name))].join(", ");
    throw new LabError(`Nothing is published of "${unknown}".`, `There are: ${known}.`);
  }
  const restored: RestoredRun[] = [];
  for (const result of published) {
    if (names.length > 0 && !names.includes(result.name)) continue;
    const run = await restore(result, settings);
    if (run !== null) restored.push(run);
  }
  return restored;
}

/** Restores one; null where the store has it, or where this version names its specification otherwise. */
async function restore(
  { place, name, protocol, metrics }: PublishedResult,
  settings: Settings,
): Promise<RestoredRun | null> {
  const { spec, specHash: hash } = metrics;
  if (runHash(spec) !== hash) return null;
  return await aloneWithRun(runFiles(hash, settings), {}, async () => {
    if ((await readRun(hash, settings)) !== null) return null;
    const files = await openRun(spec, settings);
    const result = { metrics, ...(await readPublished(place, settings)) };
    let hasWeights = false;
    await writeResult(files.folder, result, async () => {
      const folder = join(settings.root, "models", name, protocol);
      hasWeights = await restoreWeights(folder, files, result);
    });
    return { hash, place, hasWeights };
  });
}

/** Writes the best checkpoint of published weights; false where there are none of this run. */
async function restoreWeights(
  folder: string,
  files: RunFiles,
  { metrics, history }: Pick<PublishedFiles, "metrics" | "history">,
): Promise<boolean> {
  const card = (await readJson(join(folder, "card.json"))) as Card | null;
  const { specHash: hash, bestEpoch, seconds } = metrics;
  if (card?.specHash !== hash) return false;
  loadTensorFlow();
  const modelJson = (await readJson(join(folder, "model.json"))) as io.ModelJSON;
  const model = await modelFromFiles({ modelJson, weights: await readFile(join(folder, weightsFileName)) });
  const { trained, fixed } = modelVariables(model);
  const optimiser = createOptimiser(trained, fixed, { weightDecay: 0, clipNorm: null, averageDecay: 0 });
  try {
    const best = history.filter(({ epoch }) => epoch <= bestEpoch);
    await writeJson(files.standardisation, card.standardisation);
    await writeCheckpoint(files.best, {
      runHash: hash,
      state: {
        ...{ epoch: bestEpoch, stepInEpoch: 0, random: null, lossSum: 0, epochSeconds: 0 },
        ...{ history: best, bestEpoch, bestUar: best.at(-1)?.validationUar ?? 0, seconds },
      },
      optimiser: optimiser.save(),
    });
    return true;
  } finally {
    optimiser.dispose();
    model.dispose();
  }
}

interface Card {
  readonly specHash: string;
  readonly standardisation: Standardisation;
}
