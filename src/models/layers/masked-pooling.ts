import * as tf from "@tensorflow/tfjs";
import type { LayerArguments } from "./only-input.js";
import { checkSequenceAndMask } from "./sequence-and-mask.js";

export interface MaskedPoolingArguments {
  /** Whether the standard deviation over frames stands between mean and attention. */
  readonly deviation: boolean;
}

/** Added to a variance, so that the root's gradient stays finite where frames do not vary. */
const smallestVariance = 1e-5;

/** Taken from the score of a padding frame: its softmax is exactly 0 then. */
const maskedOut = 1e9;

/**
 * Pools the valid frames of a sequence: [x [batch, frames, channels], mask [batch, frames] of 1 and 0] →
 * [batch, 2 × channels], their mean and their attention; with `deviation` [batch, 3 × channels], the (biased) standard
 * deviation in the middle. The attention's weights are a softmax over valid frames of one learnt score a frame (Okabe
 * et al. 2018, attentive statistics pooling). A row without any valid frame pools to zeros. Throws when the shapes do
 * not fit.
 */
export class MaskedAttentivePooling extends tf.layers.Layer {
  static readonly className = "MaskedAttentivePooling";
  static readonly halfPrecision = "none";
  private score!: tf.LayerVariable;
  private readonly deviation: boolean;

  constructor(config: LayerArguments & Partial<MaskedPoolingArguments> = {}) {
    super(config);
    this.deviation = config.deviation ?? false;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const channels = checkSequenceAndMask(MaskedAttentivePooling.className, inputShape)[2]!;
    this.score = this.addWeight("score", [channels, 1], "float32", tf.initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [x, mask] = inputs as [tf.Tensor3D, tf.Tensor2D];
      const [batch, frames, channels] = x.shape;
      const scores = tf.reshape(
        tf.matMul(tf.reshape(x, [batch * frames, channels]), this.score.read() as tf.Tensor2D),
        [batch, frames],
      );
      const penalty = tf.mul(tf.sub(mask, 1), maskedOut); // 0 or -1e9
      // The second product with the mask matters only to a row that is all padding: its softmax is 1 / frames.
      const attention = tf.mul(tf.softmax(tf.add(scores, penalty)), mask); // [batch, frames]
      const share = tf.div(mask, tf.maximum(tf.sum(mask, 1, true), 1)); // [batch, frames]: 1 / valid frames, or 0
      const [mean, attended] = tf.unstack(tf.matMul(tf.stack([share, attention], 1), x), 1) as [
        tf.Tensor2D,
        tf.Tensor2D,
      ]; // [batch, channels] each
      if (!this.deviation) return tf.concat([mean, attended], 1);
      const distances = tf.square(tf.sub(x, tf.expandDims(mean, 1))); // [batch, frames, channels]
      const variance = tf.squeeze(tf.matMul(tf.expandDims(share, 1), distances), [1]);
      return tf.concat([mean, tf.sqrt(tf.add(variance, smallestVariance)), attended], 1);
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [batch, , channels] = checkSequenceAndMask(MaskedAttentivePooling.className, inputShape);
    return [batch, (this.deviation ? 3 : 2) * channels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), deviation: this.deviation };
  }
}
