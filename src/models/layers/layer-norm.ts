import * as tf from "@tensorflow/tfjs";
import { layerNorm } from "../../kernels/layer-norm.js";
import { type LayerArguments, onlyInput } from "./only-input.js";

export interface LayerNormArguments {
  /** Added to the variance: 1e-5 in PyTorch, Whisper and wav2vec 2.0. */
  readonly epsilon: number;
}

/**
 * Layer normalisation over the last axis of [..., channels] (Ba et al. 2016), through the kernel with the short gradient.
 * Weights: gamma, beta, [channels] each, as in Keras.
 */
export class LayerNorm extends tf.layers.Layer {
  static readonly className = "LayerNorm";
  static readonly halfPrecision = "none";
  private gamma!: tf.LayerVariable;
  private beta!: tf.LayerVariable;
  private readonly epsilon: number;

  constructor(config: LayerArguments & Partial<LayerNormArguments> = {}) {
    super(config);
    this.epsilon = config.epsilon ?? 1e-5;
  }

  override build(inputShape: tf.Shape): void {
    const channels = inputShape[inputShape.length - 1]!;
    this.gamma = this.addWeight("gamma", [channels], "float32", tf.initializers.ones());
    this.beta = this.addWeight("beta", [channels], "float32", tf.initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() =>
      layerNorm(
        onlyInput(inputs),
        this.gamma.read() as tf.Tensor1D,
        this.beta.read() as tf.Tensor1D,
        this.epsilon,
      ),
    );
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), epsilon: this.epsilon };
  }
}
