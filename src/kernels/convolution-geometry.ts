import * as tf from "@tensorflow/tfjs";
import { checkLength, checkNotEmpty, checkRank, checkType } from "./check-arguments.js";
import { attribute } from "./raw.js";

/** The kernel of a convolution is [rows, columns, channels, filters]. Throws for another rank or type. */
export function checkKernel(caller: string, kernel: tf.Tensor): void {
  checkRank(caller, "kernel", kernel, ["rows", "columns", "channels", "filters"]);
  checkType(caller, "kernel", kernel);
}

/** What is convolved is [batch, height, width, the kernel's channels] and not empty. Throws for another rank, type or length. */
export function checkConvolved(caller: string, x: tf.Tensor, kernel: tf.Tensor): void {
  checkRank(caller, "x", x, ["batch", "height", "width", "channels"]);
  checkType(caller, "x", x);
  checkNotEmpty(caller, "x", x);
  checkLength(caller, "x", x, 3, kernel.shape[2]!, "the kernel's channels");
}

/** Strides, padding before and length of the output as attributes of this project's own ops, and the output's shape. */
export function convolutionGeometry(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  strides: readonly [down: number, across: number],
  pad: "same" | "valid",
) {
  const { padInfo, outHeight, outWidth, outShape } = tf.backend_util.computeConv2DInfo(
    x.shape,
    kernel.shape,
    [...strides],
    1,
    pad,
  );
  return {
    strides: attribute.integers("strides", strides),
    before: attribute.integers("before", [padInfo.top, padInfo.left]),
    output: attribute.integers("output", [outHeight, outWidth]),
    shape: outShape as readonly number[],
  };
}
