import type * as tf from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";
import { readJson } from "../core/files.js";
import { halfToSingle, singleToHalf } from "../core/half-precision.js";
import type { Settings } from "../core/settings.js";
import { readWeights } from "../core/weights-store.js";
import { emotions } from "../corpora/emotions.js";
import type { Standardisation } from "../features/standardise.js";
import type { FrontEnd, Pretrained } from "../models/pretrained.js";
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

/** What a run's network takes from one that was trained elsewhere; null for one that is trained from the start. */
export function pretrainedOf({ model, options }: Pick<RunSpec, "model" | "options">): Pretrained | null {
  return architectureNamed(model).pretrained?.(options) ?? null;
}

/** Puts the weights that training starts from into a fresh network. Throws LabError when they are not at hand. */
export async function putPretrainedInto(
  model: tf.LayersModel,
  spec: RunSpec,
  settings: Settings,
): Promise<void> {
  const pretrained = pretrainedOf(spec);
  if (pretrained === null || pretrained.file === null) return;
  pretrained.putInto(model, await readWeights(pretrained.file, settings.home));
}

/** The fixed network before a run's own; null for one without. Throws LabError when its weights are not at hand. */
export async function loadFrontEnd(spec: RunSpec, settings: Settings): Promise<tf.LayersModel | null> {
  const pretrained = pretrainedOf(spec);
  if (pretrained === null) return null;
  return await readFrontEnd(pretrained, settings.home);
}

/** A front end with its weights. Throws LabError when they are not at hand. */
export async function readFrontEnd(frontEnd: FrontEnd, home: string): Promise<tf.LayersModel> {
  const { file } = frontEnd;
  return frontEnd.buildFrontEnd(file === null ? null : await readWeights(file, home));
}

/**
 * Puts a checkpoint's averaged weights into the model: the ones that are judged and published. A pretrained network's
 * are rounded to float16 first, as its origin's are: it is published so, and what is judged is what is published.
 */
export function putAverageInto(model: tf.LayersModel, checkpoint: Checkpoint, spec: RunSpec): void {
  const state = checkpoint.optimiser;
  const isRounded = pretrainedOf(spec) !== null;
  const average = isRounded ? halfToSingle(singleToHalf(state.average)) : state.average;
  const { trained, fixed } = modelVariables(model);
  const optimiser = createOptimiser(trained, fixed, { weightDecay: 0, clipNorm: null, averageDecay: 0 });
  optimiser.restore({ ...state, weights: average });
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
  putAverageInto(model, checkpoint, spec);
  return { model, standardisation };
}
