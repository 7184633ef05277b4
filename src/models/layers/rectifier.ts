import * as tf from "@tensorflow/tfjs";
import { relu } from "../../kernels/relu.js";
import { onlyInput } from "./only-input.js";

/** The rectifier as a layer, through the kernel with the one-pass gradient. */
export class Rectifier extends tf.layers.Layer {
  static readonly className = "Rectifier";

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => relu(onlyInput(inputs)));
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }
}
