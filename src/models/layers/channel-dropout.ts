import * as tf from "@tensorflow/tfjs";
import { type LayerArguments, onlyInput } from "./only-input.js";

export interface ChannelDropoutArguments {
  /** Share of channels that are set to 0 in a training step; the others are scaled up to the same sum. */
  readonly rate: number;
  readonly seed: number;
}

/**
 * Dropout of whole channels, the same ones in every frame of a clip (Gal and Ghahramani 2016: what a recurrent network
 * bears): [batch, channels] or [batch, frames, channels] → the same shape. Other clips, other channels.
 *
 * Which channels fall is decided by the seed and by how many training steps this layer has seen. That number is a
 * weight that no gradient reaches, so checkpoints hold it: a run that is stopped and resumed ends with the numbers of
 * one that was not, which tf.layers.dropout cannot promise.
 */
export class ChannelDropout extends tf.layers.Layer {
  static readonly className = "ChannelDropout";
  static readonly halfPrecision = "none"; // it stands between recurrent layers, which compute in float32
  private steps!: tf.LayerVariable;
  private readonly rate: number;
  private readonly seed: number;

  constructor(config: LayerArguments & Partial<ChannelDropoutArguments> = {}) {
    super(config);
    this.rate = config.rate ?? 0.5;
    this.seed = config.seed ?? 0;
    if (!(this.rate >= 0 && this.rate < 1)) {
      throw new Error(`ChannelDropout: rate is ${this.rate}, expected a number from 0 to below 1`);
    }
  }

  override build(inputShape: tf.Shape): void {
    this.steps = this.addWeight("steps", [1], "float32", tf.initializers.zeros(), undefined, false);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const x = onlyInput<tf.Tensor>(inputs);
    if (kwargs.training !== true || this.rate === 0) return tf.clone(x);
    return tf.tidy(() => {
      const step = Math.floor(this.steps.read().dataSync()[0]!);
      this.steps.write(tf.add(this.steps.read(), 1));
      const shape = x.shape.map((length, axis) => (axis === 0 || axis === x.rank - 1 ? length : 1));
      const drawn = tf.randomUniform(shape, 0, 1, "float32", `${this.seed}:${step}`);
      const kept = tf.cast(tf.greaterEqual(drawn, this.rate), "float32");
      return tf.mul(x, tf.div(kept, 1 - this.rate));
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed };
  }
}
