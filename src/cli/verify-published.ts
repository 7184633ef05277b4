import { join } from "node:path";
import { readJson } from "../core/files.js";
import { canonicalJson } from "../core/hash.js";
import type { ProgressListener } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import { applyEnsemble } from "../evaluation/ensemble.js";
import type { Prediction } from "../evaluation/prediction.js";
import { evaluatePredictions } from "../evaluation/report.js";
import type { EnsembleCard } from "../training/ensemble/publish-ensemble.js";
import {
  listPublished,
  type PublishedResult,
  readPublished,
  readPublishedPart,
} from "../training/published.js";
import { runHash } from "../training/run-spec.js";
import { predictAgain } from "./predict-again.js";

/** What was checked of one committed result. */
export interface Verification {
  readonly place: string;
  /** Empty when everything holds; else one sentence a fault. */
  readonly faults: readonly string[];
  /** Clips whose predictions were computed again from the committed weights; 0 without weights or corpora. */
  readonly predictedClips: number;
  /** Why no predictions were computed again, when none were. */
  readonly note: string;
}

/**
 * Recomputes every committed metric from its predictions and, where weights are committed and the corpora are at
 * hand, the predictions of 200 test clips from their sound.
 */
export async function verifyPublished(
  settings: Settings,
  onProgress?: ProgressListener,
): Promise<Verification[]> {
  const verifications: Verification[] = [];
  for (const result of await listPublished(settings)) {
    const { test, validation } = await readPublished(result.place, settings);
    const faults = [...checkMetrics(result, test, validation)];
    if (result.metrics.spec.model === "ensemble") {
      const combined = await combineAgain(result.place, { test, validation }, settings);
      verifications.push({
        place: result.place,
        faults: [...faults, ...combined],
        predictedClips: 0,
        note: "combined again",
      });
      continue;
    }
    const again = await predictAgain(result, test, settings, onProgress);
    verifications.push({
      place: result.place,
      faults: [...faults, ...again.faults],
      predictedClips: again.clips,
      note: again.note,
    });
  }
  return verifications;
}

function* checkMetrics(
  { metrics, place }: PublishedResult,
  test: Prediction[],
  validation: Prediction[],
): Generator<string> {
  if (runHash(metrics.spec) !== metrics.specHash)
    yield `the hash of its specification is not ${metrics.specHash}`;
  for (const [part, predictions] of Object.entries({ test, validation })) {
    const recomputed = canonicalJson(evaluatePredictions(predictions));
    if (recomputed !== canonicalJson(metrics[part as "test" | "validation"])) {
      yield `the ${part} metrics of ${place} do not follow from its predictions`;
    }
  }
}

/** An ensemble's predictions have to follow from its card and its members' committed predictions. */
async function combineAgain(
  place: string,
  committed: Record<"test" | "validation", readonly Prediction[]>,
  settings: Settings,
): Promise<string[]> {
  const card = (await readJson(join(settings.root, "results", place, "card.json"))) as EnsembleCard | null;
  if (card === null) return [`${place} has no card.json`];
  const published = await listPublished(settings);
  const members = Object.entries(card.runs).map(([name, specHash]) => ({
    name,
    result: published.find(({ metrics }) => metrics.specHash === specHash),
  }));
  const missing = members.find(({ result }) => result === undefined);
  if (missing !== undefined) return [`its member ${missing.name} is not published as it was`];
  const faults: string[] = [];
  for (const part of ["test", "validation"] as const) {
    const predictions = await Promise.all(
      members.map(
        async ({ name, result }) => [name, await readPublishedPart(result!.place, part, settings)] as const,
      ),
    );
    const again = new Map(applyEnsemble(card, new Map(predictions)).map((one) => [one.clip, one]));
    const differing = committed[part].filter(({ clip, probabilities }) =>
      probabilities.some((p, k) => !(Math.abs(p - (again.get(clip)?.probabilities[k] ?? Number.NaN)) < 1e-6)),
    );
    if (differing.length > 0)
      faults.push(`${differing.length} ${part} predictions of ${place} do not follow from its members'`);
  }
  return faults;
}
