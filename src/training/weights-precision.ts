import type * as tf from "@tensorflow/tfjs";
import type { Settings } from "../core/settings.js";
import { modelFromFiles, modelToFiles } from "../models/artifacts.js";
import { loadJudgedClips } from "./data.js";
import { predictExamples } from "./predict-examples.js";
import { readStandardisation } from "./run-model.js";
import type { Run } from "./run-store.js";

/** Probabilities may move by this much when weights are rounded. */
const tolerance = 1e-3;

/**
 * Whether a model may be published with float16 weights: when every validation clip keeps its predicted emotion and
 * no probability moves by more than 0.001. float32 otherwise. Throws LabError when the store lacks the run's
 * standardisation or a clip.
 */
export async function choosePrecision(
  model: tf.LayersModel,
  run: Run,
  settings: Settings,
): Promise<"float32" | "float16"> {
  const standardisation = await readStandardisation(run.spec, settings);
  const validation = await loadJudgedClips(run.spec, "validation", standardisation, { settings });
  const rounded = await modelFromFiles(await modelToFiles(model, "float16"));
  try {
    const [full, half] = [
      await predictExamples(model, validation, run.spec.training.frames),
      await predictExamples(rounded, validation, run.spec.training.frames),
    ];
    const same = full.every(
      (prediction, i) =>
        prediction.predicted === half[i]!.predicted &&
        prediction.probabilities.every((p, k) => Math.abs(p - half[i]!.probabilities[k]!) <= tolerance),
    );
    return same ? "float16" : "float32";
  } finally {
    rounded.dispose();
  }
}
