import * as tf from "@tensorflow/tfjs";
import { halfToSingle, singleToHalf } from "../core/half-precision.js";
import type { WeightsByName, WeightsFile } from "../core/weights-store.js";

/** The part of a network trained elsewhere that is never trained here: clip by clip, computed once and kept. */
export interface FrontEnd {
  /** The file of weights; null where they are drawn at random. */
  readonly file: WeightsFile | null;
  /** Names the front end: its folder under models/, and with the file's checksum its cache. */
  readonly frontEnd: string;
  /** The part that is never trained and stands before the model: [batch, frames, bands] → [batch, fewer frames, channels]. */
  buildFrontEnd(weights: WeightsByName | null): tf.LayersModel;
  /** Numbers of a frame that the front end gives. */
  readonly channels: number;
}

/** What an architecture takes from a network that was trained elsewhere. */
export interface Pretrained extends FrontEnd {
  /** Puts the weights that training starts from into a model; what is new in the model stays as it is. */
  putInto(model: tf.LayersModel, weights: WeightsByName): void;
}

/** Frames of one clip, row by row (the same as Features of src/features). */
export interface Frames {
  readonly values: Float32Array;
  readonly frames: number;
  readonly bands: number;
}

/** A front end is given at most so many frames, the middle ones: Whisper has positions for 30 s. */
const mostFrames = 3000;

/**
 * One clip through a front end, at its own length, rounded to float16: what the cache of a training and a prediction
 * both hold.
 */
export function throughFrontEnd(frontEnd: tf.LayersModel, clip: Frames): Frames {
  const frames = Math.min(clip.frames, mostFrames);
  const first = Math.floor((clip.frames - frames) / 2) * clip.bands;
  const values = clip.values.subarray(first, first + frames * clip.bands);
  const y = tf.tidy(
    () => frontEnd.apply(tf.tensor3d(values, [1, frames, clip.bands]), { training: false }) as tf.Tensor3D,
  );
  const rounded = halfToSingle(singleToHalf(y.dataSync<"float32">()));
  y.dispose();
  return { values: rounded, frames: y.shape[1], bands: y.shape[2] };
}
