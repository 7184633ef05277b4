import * as tf from "@tensorflow/tfjs";
import type { Random } from "../core/random.js";
import { augmentFeatures } from "../features/augment-features.js";
import { augmentWave, type WaveAugmentation } from "../features/augment-wave.js";
import type { Features } from "../features/feature-spec.js";
import { mixBatch } from "../features/mixup.js";
import { placeFeatures } from "../features/place-features.js";
import type { Example } from "./example.js";
import type { TrainingOptions } from "./run-spec.js";

/** One step's input and target. */
export interface Batch {
  /** [batch, frames, bands] as numbers, row by row. */
  readonly values: Float32Array;
  /** [batch, classes]; each row sums to 1 (before class weights). */
  readonly labels: Float32Array;
  readonly size: number;
}

/** A batch as it is, for validation and prediction: the middle of each clip, no augmentation. */
export function assembleBatch(features: readonly Features[], frames: number): Float32Array {
  const bands = features[0]!.bands;
  const values = new Float32Array(features.length * frames * bands);
  for (const [i, item] of features.entries()) placeFeatures(item, frames, null, values, i * frames * bands);
  return values;
}

/**
 * A training batch: varied sounds, augmented features, smoothed labels (blended with what teachers say) times the class weights, and on a share of batches mixup:
 * every row is blended with another row of the batch, features and labels alike.
 * An `earlier` batch, when it is given, is over: its memory is written anew, which costs less than fresh memory.
 */
export function assembleTrainingBatch(
  examples: readonly Example[],
  options: TrainingOptions,
  classWeights: Float32Array,
  random: Random,
  earlier?: Batch,
): Batch {
  const { frames, augmentation, waveAugmentation, variedCopies, labelSmoothing, mixup, distillation } =
    options;
  const { bands } = examples[0]!.features;
  const classes = classWeights.length;
  const size = examples.length;
  const values = memoryFor(size * frames * bands, earlier?.values);
  const labels = new Float32Array(size * classes);
  examples.forEach((example, row) => {
    const { label } = example;
    const offset = row * frames * bands;
    const heard = variedCopies === undefined ? example : oneOfCopies(example, variedCopies.share, random);
    const features =
      waveAugmentation === undefined ? heard.features : varySound(heard.features, waveAugmentation, random);
    if (augmentation === null) placeFeatures(features, frames, null, values, offset);
    else augmentFeatures(features, frames, augmentation, random, values, offset);
    const weight = classWeights[label]!;
    for (let k = 0; k < classes; k++) labels[row * classes + k] = (weight * labelSmoothing) / classes;
    labels[row * classes + label]! += weight * (1 - labelSmoothing);
    if (distillation !== undefined)
      listenToTeachers(heard.teacher!, distillation.share, weight, labels, row * classes);
  });
  if (mixup.share > 0) {
    const mixable = { features: values, labels, items: size };
    mixBatch(mixable, { alpha: mixup.alpha, probability: mixup.share }, random);
  }
  return { values, labels, size };
}

/** So many numbers, in used memory where that is large enough. */
function memoryFor(length: number, used?: Float32Array): Float32Array {
  return used !== undefined && used.length >= length ? used.subarray(0, length) : new Float32Array(length);
}

/** Moves a share of the target at `offset` from the label to what the teachers say. */
function listenToTeachers(
  teacher: Float32Array,
  share: number,
  weight: number,
  labels: Float32Array,
  offset: number,
): void {
  teacher.forEach((probability, k) => {
    labels[offset + k] = (1 - share) * labels[offset + k]! + share * weight * probability;
  });
}

/** A clip as itself or, on a share of occasions, as one of its varied copies with what teachers say of that one. */
function oneOfCopies(example: Example, share: number, random: Random): Pick<Example, "features" | "teacher"> {
  const { varied = [], variedTeachers } = example;
  if (varied.length === 0 || !random.chance(share)) return example;
  const copy = random.below(varied.length);
  const teacher = variedTeachers?.[copy];
  return { features: varied[copy]!, ...(teacher !== undefined && { teacher }) };
}

/** Features that are samples, varied as a sound; their number changes with the speed. */
function varySound({ values }: Features, options: WaveAugmentation, random: Random): Features {
  const varied = augmentWave(values, options, random);
  return { values: varied, frames: varied.length, bands: 1 };
}

/** The batch in the shape that a model's input has: [batch, frames, bands, 1] for images, [batch, frames, bands] for sequences. */
export function toModelInput(model: tf.LayersModel, values: Float32Array, size: number): tf.Tensor {
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  return tf.tensor(values, [size, ...shape]);
}
