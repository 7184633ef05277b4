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
import { assignWeights } from "./optimiser.js";
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
 * are rounded to float16 first, as its origin's are: it is published so, and what is judged is what is published. Throws
 * LabError for a checkpoint of a network of another size.
 */
export function putAverageInto(model: tf.LayersModel, checkpoint: Checkpoint, spec: RunSpec): void {
  const { average } = checkpoint.optimiser;
  const isRounded = pretrainedOf(spec) !== null;
  const { trained, fixed } = modelVariables(model);
  assignWeights([...trained, ...fixed], isRounded ? halfToSingle(singleToHalf(average)) : average);
}

/** What a run's features were standardised by. Throws LabError when the store does not have it. */
export async function readStandardisation(spec: RunSpec, settings: Settings): Promise<Standardisation> {
  const path = runFiles(runHash(spec), settings).standardisation;
  const standardisation = (await readJson(path)) as Standardisation | null;
  if (standardisation !== null) return standardisation;
  throw new LabError(`${path} is missing.`, "Train the run again with --force, or restore the file.");
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
  if (checkpoint === null) {
    throw new LabError(
      `Run ${runHash(spec)} has no checkpoint ${which}.`,
      "The best, the last and every tenth epoch are kept.",
    );
  }
  const standardisation = await readStandardisation(spec, settings);
  const model = buildModel(spec, standardisation.mean.length);
  putAverageInto(model, checkpoint, spec);
  return { model, standardisation };
}
