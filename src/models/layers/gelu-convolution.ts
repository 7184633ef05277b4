import * as tf from "@tensorflow/tfjs";
import { geluRoot, scaledGelu } from "../../kernels/gelu.js";
import { layerNorm } from "../../kernels/layer-norm.js";
import { type LayerArguments, onlyInput } from "./only-input.js";

export interface GeluConvolutionArguments {
  readonly filters: number;
  /** Frames that a filter sees, and frames from one of its places to the next. */
  readonly size: number;
  readonly stride: number;
  /** Whether a bias and a layer norm over channels stand between convolution and GELU (the large wav2vec 2.0 models). */
  readonly layerNorm: boolean;
  /** Whether the input comes from another of these layers, and so is √2 times what it stands for. */
  readonly followsGelu: boolean;
  readonly epsilon: number;
}

const defaults: GeluConvolutionArguments = {
  filters: 512,
  size: 3,
  stride: 2,
  layerNorm: false,
  followsGelu: true,
  epsilon: 1e-5,
};

/**
 * A layer of wav2vec 2.0's feature encoder (Baevski et al. 2020): convolution along frames without padding, GELU; in the
 * large models with bias and layer norm between. [batch, frames, channels] → [batch, (frames - size) / stride + 1,
 * filters]. Weights: kernel [size, channels, filters]; with `layerNorm` bias, gamma, beta [filters].
 *
 * The output is √2 times the GELU, and the next layer's kernel takes that back: multiplying a kernel costs nothing, while
 * a pass over the output of a waveform's first layers costs as much as the rest of a GELU.
 */
export class GeluConvolution extends tf.layers.Layer {
  static readonly className = "GeluConvolution";
  private readonly options: GeluConvolutionArguments;
  private readonly seed: number;
  private kernel!: tf.LayerVariable;
  private vectors: tf.LayerVariable[] = [];

  constructor(config: LayerArguments & Partial<GeluConvolutionArguments> & { readonly seed?: number } = {}) {
    super(config);
    const given = Object.entries(config).filter(([name]) => name in defaults);
    this.options = { ...defaults, ...Object.fromEntries(given) };
    this.seed = config.seed ?? 0;
  }

  override build(inputShape: tf.Shape): void {
    const { filters, size, layerNorm } = this.options;
    const heNormal = tf.initializers.heNormal({ seed: this.seed });
    this.kernel = this.addWeight("kernel", [size, inputShape[2]!, filters], "float32", heNormal);
    const vector = (name: string, initializer: "zeros" | "ones") =>
      this.addWeight(name, [filters], "float32", tf.initializers[initializer]());
    if (layerNorm) this.vectors = [vector("bias", "zeros"), vector("gamma", "ones"), vector("beta", "zeros")];
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput<tf.Tensor3D>(inputs);
      const { filters, size, stride, layerNorm: isNormalised, followsGelu, epsilon } = this.options;
      const [batch, frames, channels] = x.shape;
      const share = (followsGelu ? geluRoot : 1) * (isNormalised ? 1 : geluRoot);
      const kernel = tf.mul(this.kernel.read(), share);
      const image = tf.reshape(x, [batch, 1, frames, channels]) as tf.Tensor4D;
      const filter = tf.reshape(kernel, [1, size, channels, filters]) as tf.Tensor4D;
      const convolved = tf.squeeze(tf.conv2d(image, filter, [1, stride], "valid"), [1]); // [batch, frames', filters]
      if (!isNormalised) return scaledGelu(convolved);
      const [bias, gamma, beta] = this.vectors.map((weight) => weight.read() as tf.Tensor1D);
      const [scale, offset] = [tf.mul(gamma!, geluRoot), tf.mul(beta!, geluRoot)] as [
        tf.Tensor1D,
        tf.Tensor1D,
      ];
      return scaledGelu(layerNorm(tf.add(convolved, bias!), scale, offset, epsilon));
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const { filters, size, stride } = this.options;
    const [batch, frames] = inputShape as [number | null, number];
    if (inputShape.length !== 3 || frames < size) {
      throw new Error(
        `GeluConvolution: the input is [${inputShape}], expected [batch, frames, channels] with at least ${size} frames`,
      );
    }
    return [batch, Math.floor((frames - size) / stride) + 1, filters];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}
