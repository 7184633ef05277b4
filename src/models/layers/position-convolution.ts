import * as tf from "@tensorflow/tfjs";
import { gelu } from "../../kernels/gelu.js";
import { groupedConvolution } from "../../kernels/grouped-convolution.js";
import { isHalf, toHalf } from "../../kernels/half-precision.js";
import type { LayerArguments } from "./only-input.js";
import { checkSequenceAndMask } from "./sequence-and-mask.js";

export interface PositionConvolutionArguments {
  /** Frames that the convolution sees, half of them before. */
  readonly size: number;
  readonly groups: number;
}

const defaults: PositionConvolutionArguments = { size: 128, groups: 16 };

/**
 * wav2vec 2.0's relative positions (Baevski et al. 2020, section 2; Mohamed et al. 2019): a wide grouped convolution
 * tells a frame what is around it, and is added to it: x · mask + gelu(convolution(x · mask) + bias). Inputs: x [batch,
 * frames, channels], mask [batch, frames] of 1 and 0; gives x's shape.
 *
 * Weights: gain [size, 1, 1] and direction [size, channels / groups, channels], whose quotient by its own norm at each of
 * the `size` places is multiplied by the gain (weight normalisation: Salimans and Kingma 2016); bias [channels].
 */
export class PositionConvolution extends tf.layers.Layer {
  static readonly className = "PositionConvolution";
  static readonly halfPrecision = "inputs"; // the norm of a direction is a long sum
  private readonly options: PositionConvolutionArguments;
  private readonly seed: number;
  private gain!: tf.LayerVariable;
  private direction!: tf.LayerVariable;
  private bias!: tf.LayerVariable;

  constructor(
    config: LayerArguments & Partial<PositionConvolutionArguments> & { readonly seed?: number } = {},
  ) {
    super(config);
    this.options = { size: config.size ?? defaults.size, groups: config.groups ?? defaults.groups };
    this.seed = config.seed ?? 0;
  }

  override build(inputShape: tf.Shape[]): void {
    const { size, groups } = this.options;
    const channels = checkSequenceAndMask(PositionConvolution.className, inputShape)[2]!;
    if (channels % groups !== 0) {
      throw new Error(`PositionConvolution: ${channels} channels cannot be divided into ${groups} groups`);
    }
    const stddev = 2 / Math.sqrt(size * channels); // as fairseq starts it
    const normal = tf.initializers.randomNormal({ mean: 0, stddev, seed: this.seed });
    const norm = stddev * Math.sqrt((channels / groups) * channels);
    this.gain = this.addWeight("gain", [size, 1, 1], "float32", tf.initializers.constant({ value: norm }));
    this.direction = this.addWeight("direction", [size, channels / groups, channels], "float32", normal);
    this.bias = this.addWeight("bias", [channels], "float32", tf.initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [given, mask] = inputs as [tf.Tensor3D, tf.Tensor2D];
      const { size, groups } = this.options;
      const x = tf.mul(given, tf.expandDims(mask, 2)) as tf.Tensor3D;
      const direction = this.direction.read();
      const norm = tf.sqrt(tf.sum(tf.square(direction), [1, 2], true)); // [size, 1, 1]
      const single = tf.mul(direction, tf.div(this.gain.read(), norm)) as tf.Tensor3D;
      const kernel = isHalf(x) ? toHalf(single) : single;
      const before = Math.floor(size / 2);
      const padded = tf.pad(x, [
        [0, 0],
        [before, size - 1 - before],
        [0, 0],
      ]);
      const around = tf.add(groupedConvolution(padded, kernel, groups), this.bias.read());
      return tf.add(x, gelu(around));
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return checkSequenceAndMask(PositionConvolution.className, inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}
