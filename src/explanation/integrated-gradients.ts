import * as tf from "@tensorflow/tfjs";
import { valuesOf } from "../kernels/values-of.js";

/** What is explained: from points [points, ...shape] to logits [points, classes], differentiable. */
export interface ExplainedNetwork {
  /** Of one input, without the batch. */
  readonly shape: readonly number[];
  logits(points: tf.Tensor): tf.Tensor2D;
}

export interface PathOptions {
  /** Points on the way from the baseline to the input; the attribution's error falls with their number. Default 32. */
  readonly steps?: number;
  /** The value that stands for nothing, in every place; default 0, the training mean of standardised features. */
  readonly baseline?: number;
  /** Points of one forward pass; default all of them. Fewer need less memory. */
  readonly pointsAtOnce?: number;
}

/**
 * What a model listens to: how much each input value moves the logit of a class, along the straight way from the
 * baseline to the input (Sundararajan et al. 2017, equation 1). The attributions sum to the difference of the logit
 * between input and baseline, up to the integral's error. `input`: one clip in the network's input shape, row by row;
 * gives as many numbers.
 */
export function attributeInput(
  { shape, logits }: ExplainedNetwork,
  input: Float32Array,
  classIndex: number,
  { steps = 32, baseline = 0, pointsAtOnce = steps }: PathOptions = {},
): Float32Array {
  const difference = input.map((value) => value - baseline);
  const logit = (points: tf.Tensor): tf.Scalar =>
    tf.sum(tf.slice(logits(points), [0, classIndex], [-1, 1])) as tf.Scalar;
  const sum = new Float32Array(input.length);
  for (let first = 0; first < steps; first += pointsAtOnce) {
    const gradients = valuesOf(() => {
      // Midpoints of equal pieces of the way: [points, ...shape]
      const shares = Array.from(
        { length: Math.min(pointsAtOnce, steps - first) },
        (_, i) => (first + i + 0.5) / steps,
      );
      const way = tf.tensor(difference, [1, ...shape]);
      const points = tf.add(tf.mul(way, tf.tensor(shares, [shares.length, ...shape.map(() => 1)])), baseline);
      return tf.sum(tf.grad(logit)(points), 0);
    });
    gradients.forEach((gradient, i) => {
      sum[i]! += gradient / steps;
    });
  }
  return sum.map((gradient, i) => gradient * difference[i]!);
}

/** `attributeInput` of a model's own input, from the baseline 0. */
export function integratedGradients(
  model: tf.LayersModel,
  input: Float32Array,
  classIndex: number,
  steps?: number,
): Float32Array {
  const network: ExplainedNetwork = {
    shape: model.inputs[0]!.shape.slice(1) as number[],
    logits: (points) => model.apply(points, { training: false }) as tf.Tensor2D,
  };
  return attributeInput(network, input, classIndex, steps === undefined ? {} : { steps });
}
