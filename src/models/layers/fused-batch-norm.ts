import * as tf from "@tensorflow/tfjs";
import {
  normaliseAddAndRectifyBatch,
  normaliseAndRectifyBatch,
  normaliseBatch,
  normaliseWithStatistics,
} from "../../kernels/batch-norm.js";
import { relu } from "../../kernels/relu.js";
import { BatchStatistics } from "./batch-statistics.js";
import { type LayerArguments, onlyInput } from "./only-input.js";

export interface BatchNormArguments {
  /** Share of the old moving average kept at each step. */
  readonly momentum: number;
  readonly epsilon: number;
  /** Whether max(x, 0) follows, in the same pass over memory where there is a kernel for both. */
  readonly rectifies?: boolean;
}

interface CallArguments {
  readonly training?: boolean;
  /** Has the rectifier computed with this call, as the option of this name has it with every call. */
  readonly rectifies?: boolean;
  /** In training: has this tensor added, and then the rectifier computed, with this call. */
  readonly shortcut?: tf.Tensor4D;
  /** Takes this batch's statistics, to move the averages at the end of the step; they move at once where there is none. */
  readonly statistics?: BatchStatistics;
}

/**
 * Batch normalisation over the last axis of [batch, height, width, channels], and the rectifier where asked for, through
 * fused kernels where there are any. Weights: gamma, beta, moving_mean, moving_variance, [channels] each, as in Keras.
 */
export class FusedBatchNorm extends tf.layers.Layer {
  static readonly className = "FusedBatchNorm";
  static readonly halfPrecision = "inputs";
  private gamma!: tf.LayerVariable;
  private beta!: tf.LayerVariable;
  private movingMean!: tf.LayerVariable;
  private movingVariance!: tf.LayerVariable;
  private readonly options: BatchNormArguments;

  constructor(config: LayerArguments & Partial<BatchNormArguments> = {}) {
    super(config);
    this.options = {
      momentum: config.momentum ?? 0.9,
      epsilon: config.epsilon ?? 1e-3,
      ...(config.rectifies === true && { rectifies: true }), // absent otherwise: stored topologies do not have it
    };
  }

  override build(inputShape: tf.Shape): void {
    const channels = inputShape[inputShape.length - 1]!;
    const ones = tf.initializers.ones();
    const zeros = tf.initializers.zeros();
    this.gamma = this.addWeight("gamma", [channels], "float32", ones);
    this.beta = this.addWeight("beta", [channels], "float32", zeros);
    this.movingMean = this.addWeight("moving_mean", [channels], "float32", zeros, undefined, false);
    this.movingVariance = this.addWeight("moving_variance", [channels], "float32", ones, undefined, false);
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: CallArguments): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput<tf.Tensor4D>(inputs);
      const gamma = this.gamma.read() as tf.Tensor1D;
      const beta = this.beta.read() as tf.Tensor1D;
      const { momentum, epsilon } = this.options;
      const rectifies = this.options.rectifies ?? kwargs.rectifies ?? false;
      if (kwargs.training !== true) {
        const mean = this.movingMean.read() as tf.Tensor1D;
        const variance = this.movingVariance.read() as tf.Tensor1D;
        const y = normaliseWithStatistics(x, gamma, beta, mean, variance, epsilon);
        return rectifies ? relu(y) : y;
      }
      const statistics = kwargs.statistics ?? new BatchStatistics();
      const follow = (mean: tf.Tensor1D, variance: tf.Tensor1D): void => {
        statistics.follow(this.movingMean, mean, momentum);
        statistics.follow(this.movingVariance, variance, momentum);
      };
      const { shortcut } = kwargs;
      const normalise = rectifies ? normaliseAndRectifyBatch : normaliseBatch;
      const y =
        shortcut === undefined
          ? normalise(x, gamma, beta, epsilon, follow)
          : normaliseAddAndRectifyBatch(x, shortcut, gamma, beta, epsilon, follow);
      if (kwargs.statistics === undefined) statistics.apply();
      return y;
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}
