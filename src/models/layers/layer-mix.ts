import * as tf from "@tensorflow/tfjs";

/**
 * A learnt average of several layers' outputs (Peters et al. 2018, equation 1, without its scale): tensors of one shape →
 * their sum weighted by a softmax of one number each, which starts even. Throws when the shapes differ.
 */
export class LayerMix extends tf.layers.Layer {
  static readonly className = "LayerMix";
  static readonly halfPrecision = "none";
  private shares!: tf.LayerVariable;

  override build(inputShape: tf.Shape[]): void {
    this.shares = this.addWeight("shares", [inputShape.length], "float32", tf.initializers.zeros());
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const shares = tf.reshape(tf.softmax(this.shares.read()), [1, inputs.length]) as tf.Tensor2D;
      const flat = tf.reshape(tf.stack(inputs), [inputs.length, -1]) as tf.Tensor2D;
      return tf.reshape(tf.matMul(shares, flat), inputs[0]!.shape);
    });
  }

  override computeOutputShape(inputShape: tf.Shape[]): tf.Shape {
    const [first, ...others] = inputShape;
    if (others.some((shape) => shape.join() !== first!.join())) {
      throw new Error(
        `LayerMix: the inputs are ${inputShape.map((s) => `[${s}]`).join(", ")}, expected one shape`,
      );
    }
    return first!;
  }
}
