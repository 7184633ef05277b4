import * as tf from "@tensorflow/tfjs";
import { checkNotEmpty, checkRank, checkType } from "./check-arguments.js";
import { attribute, hasOneDnnKernels, runOneDnnKernel } from "./raw.js";

/**
 * The largest of each window of size × size, every second row and column: [batch, height, width, channels] →
 * [batch, ⌈height / 2⌉, ⌈width / 2⌉, channels]. What a window reaches over the edge does not count.
 *
 * TensorFlow's MaxPoolGrad looks for the maxima again, and takes 15 times as long as the pooling. oneDNN's pair of kernels
 * hands on where they were. Where there is no oneDNN, plain tfjs. Throws for a wrong rank or type, or an empty batch.
 */
export function maxPool(x: tf.Tensor4D, size: number): tf.Tensor4D {
  checkRank("maxPool", "x", x, ["batch", "height", "width", "channels"]);
  checkType("maxPool", "x", x);
  checkNotEmpty("maxPool", "x", x);
  if (!hasOneDnnKernels()) return tf.maxPool(x, size, 2, "same");
  const attributes = [
    attribute.type("T"),
    attribute.integers("ksize", [1, size, size, 1]),
    attribute.integers("strides", [1, 2, 2, 1]),
    attribute.string("padding", "SAME"),
    attribute.string("data_format", "NHWC"),
    attribute.bool("workspace_enabled", true),
  ];
  const pool = tf.customGrad((input, save) => {
    const outputs = runOneDnnKernel("_MklNativeMaxPool", attributes, [input as tf.Tensor], 2);
    const [value, whereFound] = outputs as [tf.Tensor, tf.Tensor];
    (save as tf.GradSaveFunc)([input as tf.Tensor, value, whereFound]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [x, y, workspace]: tf.Tensor[]) =>
        runOneDnnKernel("_MklNativeMaxPoolGrad", attributes, [x!, y!, dy, workspace!], 1)[0]!,
    };
  });
  return pool(x) as tf.Tensor4D;
}
