import * as tf from "@tensorflow/tfjs";
import { geluRoot, scaledGelu } from "../../kernels/gelu.js";
import { isHalf, toFloat, toHalf } from "../../kernels/half-precision.js";
import { type LayerArguments, onlyInput } from "./only-input.js";

export interface WaveFiltersArguments {
  readonly filters: number;
  /** Length of a filter in samples, a multiple of `stride`. */
  readonly size: number;
  /** Samples from one frame to the next. */
  readonly stride: number;
  readonly epsilon: number;
}

const defaults: WaveFiltersArguments = { filters: 512, size: 10, stride: 5, epsilon: 1e-5 };

/**
 * The first layer of wav2vec 2.0's feature encoder with group norm: a convolution of the waveform, each filter's output
 * normalised over the clip's frames (group norm with a group a channel: Wu and He 2018), GELU. Samples [batch, samples,
 * 1] → [batch, (samples - size) / stride + 1, filters], √2 times the GELU (see `GeluConvolution`). Weights: kernel
 * [size, filters], gamma, beta [filters].
 *
 * A filter's mean and variance over a clip follow from the mean and the covariance of the clip's windows, a matrix of
 * size × size: so they are known before the filter is applied, and convolution, norm, scale and offset are one product
 * with a kernel of each clip's own, instead of a convolution and five passes over its output.
 */
export class WaveFilters extends tf.layers.Layer {
  static readonly className = "WaveFilters";
  static readonly halfPrecision = "inputs"; // statistics in float32
  private readonly options: WaveFiltersArguments;
  private kernel!: tf.LayerVariable;
  private gamma!: tf.LayerVariable;
  private beta!: tf.LayerVariable;
  private readonly seed: number;

  constructor(config: LayerArguments & Partial<WaveFiltersArguments> & { readonly seed?: number } = {}) {
    super(config);
    const given = Object.entries(config).filter(([name]) => name in defaults);
    this.options = { ...defaults, ...Object.fromEntries(given) };
    this.seed = config.seed ?? 0;
    const { size, stride } = this.options;
    if (size % stride !== 0) {
      throw new Error(`WaveFilters: size is ${size}, expected a multiple of the stride of ${stride}`);
    }
  }

  override build(inputShape: tf.Shape): void {
    const { filters, size } = this.options;
    const heNormal = tf.initializers.heNormal({ seed: this.seed });
    this.kernel = this.addWeight("kernel", [size, filters], "float32", heNormal);
    this.gamma = this.addWeight("gamma", [filters], "float32", tf.initializers.ones());
    this.beta = this.addWeight("beta", [filters], "float32", tf.initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput<tf.Tensor3D>(inputs);
      const windows = this.windowsOf(toFloat(x)); // [batch, frames, size]
      const [batch, frames] = windows.shape;
      const centred = tf.sub(windows, tf.mean(windows, 1, true)) as tf.Tensor3D;
      const covariance = tf.div(tf.matMul(centred, centred, true, false), frames); // [batch, size, size]
      const { filters, size, epsilon } = this.options;
      const kernel = this.kernel.read() as tf.Tensor2D;
      const spread = tf.reshape(tf.matMul(tf.reshape(covariance, [batch * size, size]), kernel), [
        batch,
        size,
        filters,
      ]);
      const variance = tf.sum(tf.mul(kernel, spread), 1, true); // [batch, 1, filters]
      const scale = tf.mul(tf.mul(this.gamma.read(), geluRoot), tf.rsqrt(tf.add(variance, epsilon)));
      // The offset is the weight of a further column of ones.
      const offset = tf.tile(tf.reshape(tf.mul(this.beta.read(), geluRoot), [1, 1, filters]), [batch, 1, 1]);
      const weights = tf.concat([tf.mul(kernel, scale), offset], 1); // [batch, size + 1, filters]
      const columns = tf.concat([centred, tf.ones([batch, frames, 1])], 2); // [batch, frames, size + 1]
      const normalised = isHalf(x)
        ? tf.matMul(toHalf(columns), toHalf(weights))
        : tf.matMul(columns, weights); // [batch, frames, filters]
      return scaledGelu(normalised);
    });
  }

  /** [batch, samples, 1] → [batch, frames, size]: what each frame's filters see, made of whole strides. */
  private windowsOf(x: tf.Tensor3D): tf.Tensor3D {
    const { size, stride } = this.options;
    const [batch, samples] = x.shape;
    const frames = framesOf(samples, size, stride);
    const strides = Array.from({ length: size / stride }, (_, i) =>
      tf.reshape(tf.slice(x, [0, i * stride, 0], [batch, frames * stride, 1]), [batch, frames, stride]),
    );
    return tf.concat(strides as tf.Tensor3D[], 2);
  }

  override computeOutputShape([batch, samples, channels]: tf.Shape): tf.Shape {
    const { filters, size, stride } = this.options;
    if (channels !== 1 || samples === null || samples === undefined || samples < size) {
      throw new Error(
        `WaveFilters: the input is [${[batch, samples, channels]}], expected [batch, samples, 1] with at least ${size} samples`,
      );
    }
    return [batch!, framesOf(samples, size, stride), filters];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}

/** Frames of a convolution without padding. */
function framesOf(samples: number, size: number, stride: number): number {
  return Math.floor((samples - size) / stride) + 1;
}
