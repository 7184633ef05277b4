import type { Settings } from "../../../core/settings.js";
import type { StopSignal } from "../../../core/stop-signal.js";
import type { ProtocolName } from "../../../protocols/split.js";
import { defineRun } from "../../../training/define-run.js";
import { type EnsembleCandidate, listCandidates } from "../../../training/ensemble/candidates.js";
import { trainRun } from "../../../training/train-run.js";
import { notebookProgress } from "../../notebook-progress.js";

/** Rows that are trained where nothing of the profile is published: small ones, in seconds on synthetic speech. */
const smallRows = ["resnet", "lstm", "transformer"] as const;

/**
 * What an ensemble may choose from: on `full` the published rows of a protocol; on the shorter profiles, of which nothing
 * is published, small rows that are trained here (or loaded). No test prediction is handed out before it is asked for.
 */
export async function loadEnsembleCandidates(
  protocol: ProtocolName,
  settings: Settings,
  stop?: StopSignal,
): Promise<EnsembleCandidate[]> {
  if (settings.profile === "full") return await listCandidates(protocol, null, settings);
  const candidates: EnsembleCandidate[] = [];
  for (const model of smallRows) {
    const spec = await defineRun({ model, protocol }, settings);
    const run = await trainRun(spec, { settings, onProgress: notebookProgress(), ...(stop && { stop }) });
    candidates.push({
      name: `${model}/seed-${spec.seed}`,
      metrics: run.metrics,
      validation: run.validation,
      readTest: async () => run.test,
    });
  }
  return candidates;
}
