import * as tf from "@tensorflow/tfjs";
import type { Wave } from "../audio/wave.js";
import { LabError } from "../core/errors.js";
import { extractFeatures } from "../features/extract.js";
import { placeFeatures } from "../features/place-features.js";
import { standardise } from "../features/standardise.js";
import { throughFrontEnd } from "../models/pretrained.js";
import type { ModelCard } from "./model-card.js";

/** A trained model with what it needs to answer. */
export interface Predictor {
  readonly card: ModelCard;
  readonly model: tf.LayersModel;
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
export function predictWaves({ card, model, frontEnd }: Predictor, waves: readonly Wave[]): EmotionAnswer[] {
  if (waves.length === 0) return [];
  const inputs = waves.map((wave) => prepareInput(wave, card, frontEnd));
  const values = new Float32Array(inputs.length * inputs[0]!.length);
  for (const [i, input] of inputs.entries()) values.set(input, i * input.length);
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  const [plain, tempered] = tf.tidy(() => {
    const logits = model.apply(tf.tensor(values, [inputs.length, ...shape]), {
      training: false,
    }) as tf.Tensor2D;
    const rows = (t: tf.Tensor): number[][] => tf.softmax(t as tf.Tensor2D).arraySync() as number[][];
    return [rows(logits), rows(tf.div(logits, card.temperature))] as const;
  });
  return plain.map((probabilities, i) => {
    if (probabilities.some((p) => !Number.isFinite(p))) {
      throw new LabError(
        `The model ${card.name} gives no number.`,
        "Its weights are damaged: restore or publish them again.",
      );
    }
    const best = probabilities.indexOf(Math.max(...probabilities));
    return { emotion: card.labels[best]!, probabilities, confidence: Math.max(...tempered[i]!) };
  });
}
