import * as tf from "@tensorflow/tfjs";

/**
 * What one vector can say of a clip of any length: the mean and the standard deviation of each channel over frames.
 * Tensors [batch, frames, channels] of one shape → [batch, 2, tensors × channels], the means first. There is no mask:
 * it is for clips at their own length.
 */
export class FrameStatistics extends tf.layers.Layer {
  static readonly className = "FrameStatistics";
  static readonly halfPrecision = "none";

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const joined = Array.isArray(inputs) ? tf.concat(inputs, 2) : inputs;
      const { mean, variance } = tf.moments(joined, 1);
      return tf.stack([mean, tf.sqrt(variance)], 1);
    });
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as tf.Shape[];
    return [shapes[0]![0]!, 2, shapes.reduce((sum, shape) => sum + shape[2]!, 0)];
  }
}
