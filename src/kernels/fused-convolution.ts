import * as tf from "@tensorflow/tfjs";
import { checkLength, checkNotEmpty, checkRank, checkShape, checkType } from "./check-arguments.js";
import { addBias } from "./dense.js";
import { hasRawKernels } from "./raw.js";
import { relu } from "./relu.js";

export interface FusedConvolutionOptions {
  readonly strides: readonly [number, number];
  readonly pad: "same" | "valid";
  /** Whether max(y, 0) is the last thing done. */
  readonly rectifies: boolean;
}

/**
 * A convolution with all that may follow it in a residual network: x [batch, height, width, in] with a kernel
 * [rows, columns, in, out], plus a bias [out], plus `addend` (of the result's shape), rectified, to
 * [batch, height / strides, width / strides, out]. For inference: no gradient flows through it. Throws for a wrong rank
 * or type, an empty batch, or shapes that do not fit.
 */
export function fusedConvolution(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D,
  { strides, pad, rectifies }: FusedConvolutionOptions,
  addend?: tf.Tensor4D,
): tf.Tensor4D {
  checkArguments(x, kernel, bias);
  return tf.tidy(() => {
    let y = tf.conv2d(x, kernel, strides as [number, number], pad);
    y = hasRawKernels() ? (addBias(y, bias) as tf.Tensor4D) : tf.add(y, bias);
    if (addend !== undefined) {
      checkShape("fusedConvolution", "addend", addend, y.shape, "the result's shape");
      y = tf.add(y, addend);
    }
    return rectifies ? relu(y) : y;
  });
}

function checkArguments(x: tf.Tensor4D, kernel: tf.Tensor4D, bias: tf.Tensor1D): void {
  const caller = "fusedConvolution";
  checkRank(caller, "x", x, ["batch", "height", "width", "channels"]);
  checkRank(caller, "kernel", kernel, ["rows", "columns", "channels", "filters"]);
  checkShape(caller, "bias", bias, [kernel.shape[3]], "a number a filter");
  for (const [name, tensor] of Object.entries({ x, kernel, bias })) checkType(caller, name, tensor);
  checkNotEmpty(caller, "x", x);
  checkLength(caller, "x", x, 3, kernel.shape[2], "the kernel's channels");
}
