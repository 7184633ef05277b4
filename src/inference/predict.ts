import * as tf from "@tensorflow/tfjs";
import type { Wave } from "../audio/wave.js";
import { LabError } from "../core/errors.js";
import { extractFeatures } from "../features/extract.js";
import { placeFeatures } from "../features/place-features.js";
import { standardise } from "../features/standardise.js";
import type { InferencePlan } from "../models/prepare-inference.js";
import { throughFrontEnd } from "../models/pretrained.js";
import type { ModelCard } from "./model-card.js";

/** A trained model with what it needs to answer. */
export interface Predictor {
  readonly card: ModelCard;
  readonly model: tf.LayersModel;
  /** The model laid out for quick answers; where it is absent the model itself computes. */
  readonly plan?: InferencePlan;
  /** The fixed network between features and model, where the card names one. */
  readonly frontEnd?: tf.LayersModel;
}

/** The answer for one recording. */
export interface EmotionAnswer {
  /** The label with the largest probability. */
  readonly emotion: string;
  /** In the order of the card's labels, summing to 1. */
  readonly probabilities: readonly number[];
  /** Largest probability after the temperature that was fitted on validation clips. */
  readonly confidence: number;
}

/**
 * A recording as the model's input: features (through the front end where there is one), standardised, in the middle
 * of the card's frames, [frames × bands].
 */
export function prepareInput(
  wave: Wave,
  { features: spec, standardisation, frames }: ModelCard,
  frontEnd?: tf.LayersModel,
): Float32Array {
  const extracted = extractFeatures(wave, spec);
  const described = frontEnd === undefined ? extracted : throughFrontEnd(frontEnd, extracted);
  const features = standardise(described, standardisation);
  const values = new Float32Array(frames * features.bands);
  placeFeatures(features, frames, null, values);
  return values;
}

/**
 * The emotion of each recording, one forward pass for all of them. Throws LabError when the model gives numbers
 * that are none.
 */
export function predictWaves(
  { card, model, plan, frontEnd }: Predictor,
  waves: readonly Wave[],
): EmotionAnswer[] {
  if (waves.length === 0) return [];
  const inputs = waves.map((wave) => prepareInput(wave, card, frontEnd));
  const values = new Float32Array(inputs.length * inputs[0]!.length);
  for (const [i, input] of inputs.entries()) values.set(input, i * input.length);
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  const logits = tf.tidy(() => {
    const x = tf.tensor(values, [inputs.length, ...shape]);
    return (plan?.run(x) ?? (model.apply(x, { training: false }) as tf.Tensor)).dataSync();
  });
  const classes = card.labels.length;
  return waves.map((_, i) => toAnswer(logits.subarray(i * classes, (i + 1) * classes) as Float32Array, card));
}

function toAnswer(logits: Float32Array, { name, labels, temperature }: ModelCard): EmotionAnswer {
  if (!logits.every(Number.isFinite)) {
    throw new LabError(
      `The model ${name} gives no number.`,
      "Its weights are damaged: restore or publish them again.",
    );
  }
  const probabilities = softmax(logits);
  const best = probabilities.indexOf(Math.max(...probabilities));
  return { emotion: labels[best]!, probabilities, confidence: Math.max(...softmax(logits, temperature)) };
}

/** exp(logit / temperature) over its sum. Here and not in TensorFlow: eight numbers are not worth two calls. */
function softmax(logits: Float32Array, temperature = 1): number[] {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp((logit - largest) / temperature));
  const sum = powers.reduce((total, power) => total + power);
  return powers.map((power) => power / sum);
}
