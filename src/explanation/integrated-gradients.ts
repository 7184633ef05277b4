import * as tf from "@tensorflow/tfjs";

/** Points on the way from the baseline to the input; the attribution's error falls with their number. */
const defaultSteps = 32;

/**
 * What a model listens to: how much each input value moves the logit of a class, along the straight way from the
 * baseline 0 (the training mean of standardised features) to the input (Sundararajan et al. 2017, equation 1). The
 * attributions sum to the difference of the logit between input and baseline, up to the integral's error.
 * `input`: one clip in the model's input shape, row by row; gives as many numbers.
 */
export function integratedGradients(
  model: tf.LayersModel,
  input: Float32Array,
  classIndex: number,
  steps = defaultSteps,
): Float32Array {
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  return tf.tidy(() => {
    const x = tf.tensor(input, [1, ...shape]);
    const logit = (points: tf.Tensor): tf.Scalar => {
      const logits = model.apply(points, { training: false }) as tf.Tensor2D; // [steps, classes]
      return tf.sum(tf.slice(logits, [0, classIndex], [-1, 1])) as tf.Scalar;
    };
    // Midpoints of equal pieces of the way: [steps, ...shape]
    const shares = Array.from({ length: steps }, (_, i) => (i + 0.5) / steps);
    const points = tf.mul(x, tf.tensor(shares, [steps, ...shape.map(() => 1)]));
    const gradients = tf.grad(logit)(points);
    return tf
      .mul(tf.mean(gradients, 0), tf.squeeze(x, [0]))
      .dataSync<"float32">()
      .slice();
  });
}
