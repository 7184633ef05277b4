import * as tf from "@tensorflow/tfjs";
import { checkType } from "./check-arguments.js";
import { attribute, hasRawKernels, runKernel } from "./raw.js";

/**
 * The rectifier max(x, 0), any shape. Under TensorFlow its gradient is the ReluGrad kernel, one pass over memory
 * where tfjs makes four (Greater, Fill, Select, IsNan) and spends a third of a ResNet's step on them.
 * Throws for another type than float32.
 */
export function relu<T extends tf.Tensor>(x: T): T {
  checkType("relu", "x", x);
  if (!hasRawKernels()) return tf.relu(x);
  const rectify = tf.customGrad((input, save) => {
    const value = tf.relu(input as tf.Tensor);
    (save as tf.GradSaveFunc)([value]);
    return {
      value,
      // ReluGrad needs only the sign of its second input: the output serves as well as the input.
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        runKernel("ReluGrad", [attribute.type("T")], [dy, saved[0]!], 1)[0]!,
    };
  });
  return rectify(x) as T;
}
