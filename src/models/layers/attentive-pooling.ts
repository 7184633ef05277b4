import * as tf from "@tensorflow/tfjs";
import { onlyInput } from "./only-input.js";

/**
 * Pools frames twice, by their plain mean and by a learnt attention, and joins both: [batch, frames, channels] →
 * [batch, 2 × channels]. The attention's weights are a softmax over frames of one learnt score a frame
 * (Okabe et al. 2018, attentive statistics pooling, without the deviation).
 */
export class AttentivePooling extends tf.layers.Layer {
  static readonly className = "AttentivePooling";
  static readonly halfPrecision = "none";
  private score!: tf.LayerVariable;

  override build(inputShape: tf.Shape): void {
    const channels = inputShape[inputShape.length - 1]!;
    this.score = this.addWeight("score", [channels, 1], "float32", tf.initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput<tf.Tensor3D>(inputs); // [batch, frames, channels]
      const [batch, frames, channels] = x.shape;
      const scores = tf.matMul(tf.reshape(x, [batch * frames, channels]), this.score.read() as tf.Tensor2D);
      const weights = tf.softmax(tf.reshape(scores, [batch, frames])); // [batch, frames]
      const attended = tf.squeeze(tf.matMul(tf.reshape(weights, [batch, 1, frames]), x), [1]); // [batch, channels]
      return tf.concat([tf.mean(x, 1), attended], 1);
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return [inputShape[0]!, 2 * inputShape[2]!];
  }
}
