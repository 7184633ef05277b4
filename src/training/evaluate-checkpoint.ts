import type { ProgressListener } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import { loadTensorFlow } from "../core/tensorflow.js";
import { evaluatePredictions, type PartMetrics } from "../evaluation/report.js";
import { loadJudgedClips } from "./data.js";
import { predictExamples } from "./predict-examples.js";
import { loadRunModel } from "./run-model.js";
import type { RunSpec } from "./run-spec.js";

/** Which clips a checkpoint is judged on. Choices are made on validation; the test part is looked at once, at the end. */
export type JudgedPart = "validation" | "test";

/** Judges a kept checkpoint of a run on a part of its split: metrics with intervals, by corpus. */
export async function evaluateCheckpoint(
  spec: RunSpec,
  which: "best" | "last" | number,
  part: JudgedPart,
  { settings, onProgress }: { settings: Settings; onProgress?: ProgressListener },
): Promise<PartMetrics> {
  loadTensorFlow();
  const { model, standardisation } = await loadRunModel(spec, settings, which);
  try {
    const clips = await loadJudgedClips(spec, part, standardisation, { settings, onProgress });
    return evaluatePredictions(await predictExamples(model, clips, spec.training.frames));
  } finally {
    model.dispose();
  }
}
