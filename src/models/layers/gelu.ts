import * as tf from "@tensorflow/tfjs";
import { gelu } from "../../kernels/gelu.js";
import { onlyInput } from "./only-input.js";

/** The exact Gaussian error linear unit as a layer, any shape, through the kernel with the short gradient. */
export class Gelu extends tf.layers.Layer {
  static readonly className = "Gelu";

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => gelu(onlyInput(inputs)));
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }
}
