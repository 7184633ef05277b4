import { LabError } from "../../core/errors.js";
import { sha256 } from "../../core/hash.js";
import type { Settings } from "../../core/settings.js";
import type { Candidate } from "../../evaluation/choose-members.js";
import type { Prediction } from "../../evaluation/prediction.js";
import type { ProtocolName } from "../../protocols/split.js";
import { listPublished, readPublishedPart } from "../published.js";
import { rowNamed } from "../rows.js";
import type { ResultMetrics } from "../run-metrics.js";

/** A result that may become a member: its validation predictions are at hand, the test's only for whoever asks. */
export interface EnsembleCandidate extends Candidate {
  readonly metrics: ResultMetrics;
  /** Reads the test predictions; called after the members and their weights are fixed. */
  readTest(): Promise<readonly Prediction[]>;
}

/**
 * The published results of a protocol (and fold) that may join an ensemble, by name: `whisper/seed-0`. No test
 * predictions are read. `only` keeps the rows of these names.
 */
export async function listCandidates(
  protocol: ProtocolName,
  fold: string | null,
  settings: Settings,
  only: readonly string[] = [],
): Promise<EnsembleCandidate[]> {
  const results = (await listPublished(settings)).filter(
    (result) =>
      result.protocol === protocol &&
      result.metrics.spec.fold === fold &&
      rowNamed(result.name)?.mayJoinEnsemble === true &&
      (only.length === 0 || only.includes(result.name)),
  );
  return await Promise.all(
    results.map(async ({ place, name, metrics }) => ({
      name: `${name}/seed-${metrics.spec.seed}`,
      metrics,
      validation: await readPublishedPart(place, "validation", settings),
      readTest: () => readPublishedPart(place, "test", settings),
    })),
  );
}

/** The name of a set of judged clips with their labels, whatever their order. */
export function clipsHash(predictions: readonly Prediction[]): string {
  const lines = predictions.map(({ clip, emotion }) => `${clip},${emotion}`).sort();
  return sha256(lines.join("\n"));
}

/**
 * Throws LabError that names two candidates which cannot stand in one ensemble: their split has other validation clips or
 * labels, or they learnt from another form of the same corpus' clips.
 */
export function refuseUnequal(candidates: readonly EnsembleCandidate[]): void {
  const [first, ...others] = candidates;
  if (first === undefined) return;
  for (const other of others)
    refuseOtherClips(first, first.validation, other, other.validation, "validation");
  const seen = new Map<string, { readonly name: string; readonly checksum: string }>();
  for (const { name, metrics } of candidates) {
    for (const [corpus, checksum] of Object.entries(metrics.spec.corpora)) {
      const before = seen.get(corpus);
      if (before === undefined) seen.set(corpus, { name, checksum });
      else if (before.checksum !== checksum) {
        throw new LabError(
          `${before.name} and ${name} learnt from different clips of ${corpus} (checksums ${before.checksum.slice(0, 12)}… and ${checksum.slice(0, 12)}…).`,
          "Train and publish both on the same recordings.",
        );
      }
    }
  }
}

/** Throws LabError when two candidates judge different clips of a part. */
export function refuseOtherClips(
  first: EnsembleCandidate,
  firstClips: readonly Prediction[],
  second: EnsembleCandidate,
  secondClips: readonly Prediction[],
  part: string,
): void {
  const [one, other] = [clipsHash(firstClips), clipsHash(secondClips)];
  if (one === other) return;
  throw new LabError(
    `${first.name} and ${second.name} have different splits: the hashes of their ${part} clips are ${one.slice(0, 12)}… (${firstClips.length} clips) and ${other.slice(0, 12)}… (${secondClips.length}).`,
    "Members have to judge the same clips: publish both on the committed split.",
  );
}
