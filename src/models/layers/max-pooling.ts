import * as tf from "@tensorflow/tfjs";
import { maxPool } from "../../kernels/max-pool.js";
import { type LayerArguments, onlyInput } from "./only-input.js";

export interface MaxPoolingArguments {
  /** Height and width of a window; windows are two apart, whatever their size. */
  readonly size: number;
}

/**
 * Max pooling that halves both axes: [batch, height, width, channels] → [batch, ⌈height / 2⌉, ⌈width / 2⌉, channels],
 * through the kernels whose gradient does not search for the maxima again.
 */
export class MaxPooling extends tf.layers.Layer {
  static readonly className = "MaxPooling";
  private readonly size: number;

  constructor(config: LayerArguments & Partial<MaxPoolingArguments> = {}) {
    super(config);
    this.size = config.size ?? 2;
    if (!Number.isInteger(this.size) || this.size < 1) {
      throw new Error(`MaxPooling: size is ${this.size}, expected a whole number of at least 1`);
    }
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => maxPool(onlyInput<tf.Tensor4D>(inputs), this.size));
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const halved = (length: number | null): number | null => (length === null ? null : Math.ceil(length / 2));
    const [batch, height, width, channels] = inputShape as [
      number | null,
      number | null,
      number | null,
      number,
    ];
    return [batch, halved(height), halved(width), channels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), size: this.size };
  }
}
