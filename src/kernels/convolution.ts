import * as tf from "@tensorflow/tfjs";
import { checkShape } from "./check-arguments.js";
import { checkConvolved, checkKernel } from "./convolution-geometry.js";
import { multiply } from "./dense.js";
import { hasRawKernels } from "./raw.js";

/**
 * A convolution of data: x [batch, height, width, in] with a kernel [rows, columns, in, out] to
 * [batch, height / strides, width / strides, out]. The same numbers as tf.conv2d, but no gradient flows to x, which a
 * network's input has no use for and tfjs computes all the same. Throws for a wrong rank or type, an empty batch, or
 * channels that do not fit.
 */
export function convolveData(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  strides: [number, number],
  pad: "same" | "valid",
): tf.Tensor4D {
  checkArguments("convolveData", x, kernel);
  const attributes = { strides, pad, dataFormat: "NHWC", filterShape: kernel.shape };
  const convolve = tf.customGrad((weights, save) => {
    (save as tf.GradSaveFunc)([x]);
    return {
      value: tf.conv2d(x, weights as tf.Tensor4D, strides, pad),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        tf.engine().runKernel(tf.Conv2DBackpropFilter, { x: saved[0]!, dy }, attributes) as tf.Tensor,
    };
  });
  return convolve(kernel) as tf.Tensor4D;
}

/**
 * A 1 × 1 convolution without a stride, as the product of matrices that it is: x [batch, height, width, in] with a kernel
 * [1, 1, in, out] to [batch, height, width, out]. Under TensorFlow MatMul takes up to half of the time of the
 * convolution's kernels, most of all for the kernel's gradient in bf16. Throws for a wrong rank or type, an empty batch,
 * another size of kernel, or channels that do not fit.
 */
export function convolvePoints(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  checkArguments("convolvePoints", x, kernel);
  const [batch, height, width, channels] = x.shape;
  const filters = kernel.shape[3];
  checkShape(
    "convolvePoints",
    "kernel",
    kernel,
    [1, 1, channels, filters],
    "one number a channel and filter",
  );
  const rows = tf.reshape(x, [batch * height * width, channels]);
  const weights = tf.reshape(kernel, [channels, filters]);
  const product = (hasRawKernels() ? raw : tf.matMul)(rows, weights);
  return tf.reshape(product, [batch, height, width, filters]) as tf.Tensor4D;
}

function raw(rows: tf.Tensor, weights: tf.Tensor): tf.Tensor {
  const product = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [a, b] = args as [tf.Tensor, tf.Tensor];
    save([a, b]);
    return {
      value: multiply(a, b),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => [
        multiply(dy, saved[1]!, { transposeB: true }),
        multiply(saved[0]!, dy, { transposeA: true }),
      ],
    };
  });
  return product(rows, weights);
}

function checkArguments(caller: string, x: tf.Tensor4D, kernel: tf.Tensor4D): void {
  checkKernel(caller, kernel);
  checkConvolved(caller, x, kernel);
}
