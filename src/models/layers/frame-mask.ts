import * as tf from "@tensorflow/tfjs";
import { type LayerArguments, onlyInput } from "./only-input.js";

export interface FrameMaskArguments {
  /** Frames of the input that one frame of the mask stands for: 4 after two convolutions of stride 2. */
  readonly stride: number;
  /** Frames of the mask, where a convolution without padding gives fewer than ⌈frames / stride⌉: the first so many. */
  readonly frames: number | null;
}

/**
 * Which frames of a model's input are a recording, and which are padding: [batch, frames, bands] or
 * [batch, frames, bands, 1] → [batch, ⌈frames / stride⌉] of 1 and 0.
 *
 * A frame whose bands are all exactly 0 is padding: that is what a clip is surrounded with after standardisation, and a
 * recorded frame has no 64 bands that all equal their mean. With a stride, a frame of the shorter sequence is valid if
 * any of the frames it is made of is. No gradient flows through a mask. Throws for an input of another rank.
 */
export class FrameMask extends tf.layers.Layer {
  static readonly className = "FrameMask";
  static readonly halfPrecision = "none";
  private readonly stride: number;
  private readonly frames: number | null;

  constructor(config: LayerArguments & Partial<FrameMaskArguments> = {}) {
    super(config);
    this.stride = config.stride ?? 1;
    this.frames = config.frames ?? null;
    if (!Number.isInteger(this.stride) || this.stride < 1) {
      throw new Error(`FrameMask: stride is ${this.stride}, expected a whole number of at least 1`);
    }
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput<tf.Tensor>(inputs);
      const { stride, frames } = this;
      return tf.customGrad((input) => ({
        value: validFrames(input as tf.Tensor, stride, frames),
        gradFunc: () => tf.zeros(x.shape),
      }))(x);
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    checkShape(inputShape);
    const [batch, frames] = inputShape as [number | null, number | null];
    return [batch, this.frames ?? (frames === null ? null : Math.ceil(frames / this.stride))];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      stride: this.stride,
      ...(this.frames !== null && { frames: this.frames }),
    };
  }
}

function checkShape(shape: tf.Shape): void {
  const isImage = shape.length === 4 && shape[3] === 1;
  if (shape.length === 3 || isImage) return;
  throw new Error(
    `FrameMask: the input is [${shape}], expected [batch, frames, bands] or [batch, frames, bands, 1]`,
  );
}

function validFrames(x: tf.Tensor, stride: number, most: number | null): tf.Tensor {
  checkShape(x.shape);
  const [batch, frames] = x.shape as [number, number];
  const isHeard = tf.any(tf.notEqual(x, 0), x.rank === 3 ? 2 : [2, 3]); // [batch, frames]
  const mask = tf.cast(isHeard, "float32") as tf.Tensor2D;
  if (stride === 1) return mask;
  const shorter = Math.ceil(frames / stride);
  const whole = tf.pad(mask, [
    [0, 0],
    [0, shorter * stride - frames],
  ]);
  const valid = tf.max(tf.reshape(whole, [batch, shorter, stride]), 2); // [batch, shorter]
  return most === null ? valid : tf.slice(valid, [0, 0], [batch, most]);
}
