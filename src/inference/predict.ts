import * as tf from "@tensorflow/tfjs";
import { withoutOffset } from "../audio/offset.js";
import { prepareWave } from "../audio/trim.js";
import type { Wave } from "../audio/wave.js";
import { LabError } from "../core/errors.js";
import { extractFeatures } from "../features/extract.js";
import type { FeatureSpec, Features } from "../features/feature-spec.js";
import { fewestSamples } from "../features/fewest-samples.js";
import { hopSamples } from "../features/hop-samples.js";
import { placeFeatures } from "../features/place-features.js";
import { standardise } from "../features/standardise.js";
import type { InferencePlan } from "../models/prepare-inference.js";
import { throughFrontEnd } from "../models/pretrained.js";
import type { AnsweringCard } from "./model-card.js";

/** A trained model with what it needs to answer. */
export interface Predictor {
  readonly card: AnsweringCard;
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
  /** Its probability after the temperature that was fitted on validation clips. */
  readonly confidence: number;
  /** Whether the confidence is below the card's threshold; never where the card has none. */
  readonly unsure: boolean;
}

/** What a model says of one window: eight probabilities as they are, and after the card's temperature. */
export interface WindowAnswer {
  readonly probabilities: readonly number[];
  readonly calibrated: readonly number[];
}

/** Shorter sounds are laid into so much silence, so that every kind of features has a frame of them: 0.1 s. */
const shortestSamples = 1_600;

/**
 * A recording as the model's input: features (through the front end where there is one), standardised, in the middle
 * of the card's frames, [frames × bands].
 */
export function prepareInput(wave: Wave, card: AnsweringCard, frontEnd?: tf.LayersModel): Float32Array {
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
  return hearWaves(predictor, waves).map((window) => answerOf([{ ...window, weight: 1 }], predictor.card));
}

/** What the model says of each sound, heard in the middle, one forward pass for all of them. Throws as `predictWaves`. */
export function hearWaves(predictor: Predictor, waves: readonly Wave[]): WindowAnswer[] {
  if (waves.length === 0) return [];
  const { card, frontEnd } = predictor;
  const rows = forward(
    predictor,
    waves.map((wave) => prepareInput(wave, card, frontEnd)),
  );
  return rows.map((logits) => {
    if (!logits.every(Number.isFinite)) {
      throw new LabError(
        `The model ${card.name} gives no number.`,
        "Its weights are damaged: restore or publish them again.",
      );
    }
    return { probabilities: softmax(logits), calibrated: softmax(logits, card.temperature) };
  });
}

/** Windows of one forward pass: what stands in memory at once stays small however long a recording is. */
const windowsAtOnce = 16;

/** What the model says of the parts of a sound that begin at `starts` (samples), each `length` long. */
export function hearWindows(
  predictor: Predictor,
  { samples, sampleRate }: Wave,
  starts: readonly number[],
  length: number,
): WindowAnswer[] {
  const heard: WindowAnswer[] = [];
  for (let first = 0; first < starts.length; first += windowsAtOnce) {
    const windows = starts.slice(first, first + windowsAtOnce).map((start) => ({
      samples: samples.subarray(start, start + length),
      sampleRate,
    }));
    heard.push(...hearWaves(predictor, windows));
  }
  return heard;
}

/**
 * The emotion of one recording, all of it heard: where more is left of it than the model sees at once after silence at
 * both ends is cut off, it is cut into windows of that length, each overlapping the next by half or more and heard as a
 * recording of its own, and the mean of their probabilities is the answer. Equal to `predictWaves` for what is not
 * longer, once a constant offset is taken away (`withoutOffset`). Throws as that does.
 */
export function predictRecording(predictor: Predictor, recording: Wave): EmotionAnswer {
  const { card } = predictor;
  const wave = withoutOffset(recording);
  if (isHeardAtOnce(predictor, wave)) return predictWaves(predictor, [wave])[0]!;
  const samples = withoutSilentEnds(wave, card.features);
  const length = windowSamples(predictor);
  const room = samples.length - length;
  const steps = Math.ceil(room / (length / 2));
  const starts = Array.from({ length: steps + 1 }, (_, i) => Math.round((i * room) / steps));
  const heard = hearWindows(predictor, { ...wave, samples }, starts, length);
  return answerOf(
    heard.map((window) => ({ ...window, weight: 1 })),
    card,
  );
}

/** How many samples the model sees at once. */
export function windowSamples({ card, frontEnd }: Predictor): number {
  return card.frames * hopSamples(card.features) * (frontEnd === undefined ? 1 : framesPerOutput(frontEnd));
}

/** Frames that a front end makes one of: 2 for Whisper's. */
function framesPerOutput(frontEnd: tf.LayersModel): number {
  const frames = 1_024;
  const bands = frontEnd.inputs[0]!.shape[2]!;
  const [, outputs] = frontEnd.computeOutputShape([1, frames, bands]) as number[];
  return frames / outputs!;
}

/** Whether all of a sound fits into the model's frames, without the silence at its ends that is cut off anyway. */
export function isHeardAtOnce(predictor: Predictor, wave: Wave): boolean {
  return withoutSilentEnds(wave, predictor.card.features).length <= windowSamples(predictor);
}

function withoutSilentEnds({ samples }: Wave, { trimDecibels }: FeatureSpec): Float32Array {
  return prepareWave(samples, { trimDecibels, peakNormalise: false });
}

function describe(
  { samples, sampleRate }: Wave,
  { features: spec, standardisation }: AnsweringCard,
  frontEnd?: tf.LayersModel,
): Features {
  const sounding = withoutSilentEnds({ samples: longEnough(samples, shortestSamples), sampleRate }, spec);
  // Laid into silence once more where too little is left of it: a click at an end, for differences over nine frames.
  const enough = { samples: longEnough(sounding, fewestSamples(spec)), sampleRate };
  const extracted = extractFeatures(enough, { ...spec, trimDecibels: null });
  const described = frontEnd === undefined ? extracted : throughFrontEnd(frontEnd, extracted);
  return standardise(described, standardisation);
}

/** The sound itself, or one that is too short in the middle of silence. */
function longEnough(samples: Float32Array, fewest: number): Float32Array {
  if (samples.length >= fewest) return samples;
  const padded = new Float32Array(fewest);
  padded.set(samples, Math.floor((fewest - samples.length) / 2));
  return padded;
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

/** What of a card turns probabilities into an answer. */
export interface AnsweredClasses {
  readonly labels: readonly string[];
  readonly unsureBelow?: number | undefined;
}

/** One answer from several windows: the mean of their probabilities by their weights, which are not all 0. */
export function answerOf(
  windows: readonly (WindowAnswer & { readonly weight: number })[],
  { labels, unsureBelow = 0 }: AnsweredClasses,
): EmotionAnswer {
  const total = windows.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (rows: readonly (readonly number[])[]): number[] =>
    labels.map((_, k) => rows.reduce((sum, row, i) => sum + (windows[i]!.weight / total) * row[k]!, 0));
  const probabilities = mean(windows.map((window) => window.probabilities));
  const calibrated = mean(windows.map((window) => window.calibrated));
  const best = probabilities.indexOf(Math.max(...probabilities));
  const confidence = calibrated[best]!;
  return { emotion: labels[best]!, probabilities, confidence, unsure: confidence < unsureBelow };
}

/** exp(logit / temperature) over its sum. Here and not in TensorFlow: eight numbers are not worth two calls. */
function softmax(logits: Float32Array, temperature = 1): number[] {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp((logit - largest) / temperature));
  const sum = powers.reduce((total, power) => total + power);
  return powers.map((power) => power / sum);
}
