import { join } from "node:path";
import { decodeFile } from "../audio/decode-file.js";
import { LabError } from "../core/errors.js";
import { readJson } from "../core/files.js";
import type { ProgressListener } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import { AbsentCorpusError } from "../corpora/absent-corpus-error.js";
import { loadCatalogue } from "../corpora/catalogue.js";
import type { Prediction } from "../evaluation/prediction.js";
import { loadPredictor } from "../inference/load-predictor.js";
import { parseModelCard } from "../inference/model-card.js";
import { type Predictor, predictWaves } from "../inference/predict.js";
import type { PublishedResult } from "../training/published.js";

/** How far a probability may lie from the committed one. */
const tolerance = 1e-3;
const clipsPerModel = 200;

/** What the weights beside a result say of its test clips. */
interface PredictedAgain {
  readonly faults: readonly string[];
  readonly clips: number;
  /** Why no clip was predicted, when none was. */
  readonly note: string;
}

/**
 * Predicts 200 test clips of a committed result from their sound and the weights in models/, where both are there. Weights
 * of another run in this one's place are a fault, and so is a corpus in the store that cannot be used. Throws LabError for
 * a card or weights that cannot be read.
 */
export async function predictAgain(
  { name, protocol, metrics, place }: PublishedResult,
  test: readonly Prediction[],
  settings: Settings,
  onProgress?: ProgressListener,
): Promise<PredictedAgain> {
  const none = (note: string): PredictedAgain => ({ faults: [], clips: 0, note });
  const folder = join(settings.root, "models", name, protocol);
  const path = join(folder, "card.json");
  const told = await readJson(path);
  if (told === null) return none("no weights are committed");
  const card = parseModelCard(told, path); // before the weights: most results have none of their own
  const { seed, fold, corpora } = metrics.spec;
  if (fold !== null) return none("the committed weights are of no fold");
  if (card.seed !== seed) return none("the committed weights are of another seed");
  if (card.specHash !== metrics.specHash) {
    const fault =
      `models/${name}/${protocol} holds the weights of another run (${card.specHash}): ` +
      "publish this one with its weights, or delete that folder";
    return { ...none("the committed weights are of another run"), faults: [fault] };
  }
  const predictor = await loadPredictor({ model: folder });
  try {
    const paths = await pathsOfClips(Object.keys(corpora), settings);
    if (paths === null) return none("the corpora are not at hand");
    if (typeof paths === "string") {
      const fault = `its predictions cannot be computed again: ${paths}`;
      return { ...none("the corpora cannot be used"), faults: [fault] };
    }
    const chosen = evenlySpaced(test, clipsPerModel).filter(({ clip }) => paths.has(clip));
    const faults: string[] = [];
    for (const [i, { clip, probabilities }] of chosen.entries()) {
      const [answer] = predictWaves(predictor, [await decodeFile(paths.get(clip)!)]);
      const distance = Math.max(...answer!.probabilities.map((p, k) => Math.abs(p - probabilities[k]!)));
      if (!(distance <= tolerance)) faults.push(`${clip}: a probability differs by ${distance.toFixed(4)}`);
      const done = { done: i + 1, total: chosen.length, rate: 0, etaSeconds: 0 };
      onProgress?.({ task: `predict ${place}`, ...done, note: "" });
    }
    return { faults, clips: chosen.length, note: "" };
  } finally {
    disposeOf(predictor);
  }
}

/** Where the clips of corpora lie; null without these corpora, a sentence where they are there and cannot be used. */
async function pathsOfClips(
  corpora: readonly string[],
  settings: Settings,
): Promise<ReadonlyMap<string, string> | string | null> {
  try {
    return new Map((await loadCatalogue(corpora, settings)).map(({ id, path }) => [id, path]));
  } catch (error) {
    if (error instanceof AbsentCorpusError) return null;
    if (error instanceof LabError) return error.message;
    throw error;
  }
}

function disposeOf({ plan, model, frontEnd }: Predictor): void {
  plan?.dispose();
  model.dispose();
  frontEnd?.dispose();
}

function evenlySpaced<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
