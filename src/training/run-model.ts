import type * as tf from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";
import { readJson } from "../core/files.js";
import type { Settings } from "../core/settings.js";
import { emotions } from "../corpora/emotions.js";
import type { Standardisation } from "../features/standardise.js";
import { architectureNamed } from "../models/registry.js";
import { type Checkpoint, readCheckpoint } from "./checkpoint.js";
import { createOptimiser } from "./optimiser.js";
import { type RunSpec, runHash } from "./run-spec.js";
import { runFiles } from "./run-store.js";
import { modelVariables } from "./variables.js";

/** The network of a specification for features of so many bands, with its seeded initial weights. */
export function buildModel(spec: RunSpec, bands: number): tf.LayersModel {
  const shape = { frames: spec.training.frames, bands, classes: emotions.length };
  return architectureNamed(spec.model).build(spec.options, shape, spec.seed);
}

/** Puts a checkpoint's averaged weights into the model: the ones that are judged and published. */
export function putAverageInto(model: tf.LayersModel, { optimiser: state }: Checkpoint): void {
  const { trained, fixed } = modelVariables(model);
  const optimiser = createOptimiser(trained, fixed, { weightDecay: 0, clipNorm: null, averageDecay: 0 });
  optimiser.restore({ ...state, weights: state.average });
  optimiser.dispose();
}

/**
 * A run's network with the averaged weights of a checkpoint: the best, the last, or an epoch that was kept.
 * Throws LabError when the store has no such checkpoint.
 */
export async function loadRunModel(
  spec: RunSpec,
  settings: Settings,
  which: "best" | "last" | number,
): Promise<{ model: tf.LayersModel; standardisation: Standardisation }> {
  const files = runFiles(runHash(spec), settings);
  const path = typeof which === "number" ? files.epoch(which) : files[which];
  const checkpoint = await readCheckpoint(path, runHash(spec));
  const standardisation = (await readJson(files.standardisation)) as Standardisation | null;
  if (checkpoint === null || standardisation === null) {
    throw new LabError(
      `Run ${runHash(spec)} has no checkpoint ${which}.`,
      "The best, the last and every tenth epoch are kept.",
    );
  }
  const model = buildModel(spec, standardisation.mean.length);
  putAverageInto(model, checkpoint);
  return { model, standardisation };
}
