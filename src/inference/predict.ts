import * as tf from "@tensorflow/tfjs";
import type { Wave } from "../audio/wave.js";
import { LabError } from "../core/errors.js";
import { extractFeatures } from "../features/extract.js";
import type { Features } from "../features/feature-spec.js";
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
export function prepareInput(wave: Wave, card: ModelCard, frontEnd?: tf.LayersModel): Float32Array {
  const features = describe(wave, card, frontEnd);
  const values = new Float32Array(card.frames * features.bands);
  placeFeatures(features, card.frames, null, values);
  return values;
}

/**
 * The emotion of each recording, heard in the middle, one forward pass for all of them: how published figures were
 * measured. Throws LabError when the model gives numbers that are none.
 */
export function predictWaves(predictor: Predictor, waves: readonly Wave[]): EmotionAnswer[] {
  if (waves.length === 0) return [];
  const { card, frontEnd } = predictor;
  const rows = forward(
    predictor,
    waves.map((wave) => prepareInput(wave, card, frontEnd)),
  );
  return rows.map((logits) => toAnswer([logits], card));
}

/** Windows of one forward pass. */
const windowsAtOnce = 32;

/**
 * The emotion of one recording, all of it heard: what is longer than the card's frames is cut into windows of that
 * length, each overlapping the next by half or more, and the mean of their probabilities is the answer. Equal to
 * `predictWaves` for what is not longer. Throws as that does.
 */
export function predictRecording(predictor: Predictor, wave: Wave): EmotionAnswer {
  const { card, frontEnd } = predictor;
  const features = describe(wave, card, frontEnd);
  const { frames } = card;
  const windows = windowStarts(features.frames, frames).map((start) => {
    const values = features.values.subarray(start * features.bands, (start + frames) * features.bands);
    const window = { ...features, values, frames: Math.min(frames, features.frames) };
    const input = new Float32Array(frames * features.bands);
    placeFeatures(window, frames, null, input);
    return input;
  });
  const rows: Float32Array[] = [];
  for (let first = 0; first < windows.length; first += windowsAtOnce) {
    rows.push(...forward(predictor, windows.slice(first, first + windowsAtOnce)));
  }
  return toAnswer(rows, card);
}

/** Where windows of `frames` begin, evenly from the first frame to the last; a recording that is not longer has one. */
function windowStarts(recordingFrames: number, frames: number): number[] {
  const room = recordingFrames - frames;
  if (room <= 0) return [0];
  const steps = Math.ceil(room / (frames / 2));
  return Array.from({ length: steps + 1 }, (_, i) => Math.round((i * room) / steps));
}

function describe(
  wave: Wave,
  { features: spec, standardisation }: ModelCard,
  frontEnd?: tf.LayersModel,
): Features {
  const extracted = extractFeatures(wave, spec);
  const described = frontEnd === undefined ? extracted : throughFrontEnd(frontEnd, extracted);
  return standardise(described, standardisation);
}

/** The logits of each input. */
function forward({ card, model, plan }: Predictor, inputs: readonly Float32Array[]): Float32Array[] {
  const values = new Float32Array(inputs.length * inputs[0]!.length);
  for (const [i, input] of inputs.entries()) values.set(input, i * input.length);
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  const logits = tf.tidy(() => {
    const x = tf.tensor(values, [inputs.length, ...shape]);
    return plan?.run(x) ?? (model.apply(x, { training: false }) as tf.Tensor).dataSync<"float32">();
  });
  const classes = card.labels.length;
  return inputs.map((_, i) => logits.subarray(i * classes, (i + 1) * classes));
}

/** The answer for a recording from the logits of its windows. */
function toAnswer(windows: readonly Float32Array[], { name, labels, temperature }: ModelCard): EmotionAnswer {
  if (!windows.every((logits) => logits.every(Number.isFinite))) {
    throw new LabError(
      `The model ${name} gives no number.`,
      "Its weights are damaged: restore or publish them again.",
    );
  }
  const probabilities = meanOf(windows.map((logits) => softmax(logits)));
  const calibrated = meanOf(windows.map((logits) => softmax(logits, temperature)));
  const best = probabilities.indexOf(Math.max(...probabilities));
  return { emotion: labels[best]!, probabilities, confidence: Math.max(...calibrated) };
}

function meanOf(rows: readonly number[][]): number[] {
  return rows[0]!.map((_, k) => rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length);
}

/** exp(logit / temperature) over its sum. Here and not in TensorFlow: eight numbers are not worth two calls. */
function softmax(logits: Float32Array, temperature = 1): number[] {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp((logit - largest) / temperature));
  const sum = powers.reduce((total, power) => total + power);
  return powers.map((power) => power / sum);
}
