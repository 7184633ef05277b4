import * as tf from "@tensorflow/tfjs";
import { hasNativeKernel } from "../core/native-kernels.js";
import { checkLength, checkNotEmpty, checkRank, checkShape, checkType } from "./check-arguments.js";
import { addBias } from "./dense.js";
import { attribute, hasRawKernels, runKernel } from "./raw.js";
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
 * [batch, height / strides, width / strides, out]. One kernel of native/convolution.cc where `out` is a multiple of 16
 * and the stride across is 1 or 2; where that addon is absent, a convolution and a pass for each of the others. For
 * inference: no gradient flows through it. Throws for a wrong rank or type, an empty batch, or shapes that do not fit.
 */
export function fusedConvolution(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D,
  options: FusedConvolutionOptions,
  addend?: tf.Tensor4D,
): tf.Tensor4D {
  checkArguments(x, kernel, bias);
  const isNative =
    hasRawKernels() &&
    hasNativeKernel(nativeOp) &&
    kernel.shape[3] % nativeFilters === 0 &&
    options.strides[1] <= 2;
  return (isNative ? native : composed)(x, kernel, bias, options, addend);
}

type Form = typeof fusedConvolution;

const nativeOp = "AffectlabConvolution";
const nativeFilters = 16;

const native: Form = (x, kernel, bias, { strides, pad, rectifies }, addend) => {
  const geometry = tf.backend_util.computeConv2DInfo(
    x.shape,
    kernel.shape,
    strides as [number, number],
    1,
    pad,
  );
  const { padInfo, outHeight, outWidth, outShape } = geometry;
  checkAddend(addend, outShape);
  const attributes = [
    attribute.integers("strides", strides),
    attribute.integers("before", [padInfo.top, padInfo.left]),
    attribute.integers("output", [outHeight, outWidth]),
    attribute.bool("adds", addend !== undefined),
    attribute.bool("rectifies", rectifies),
  ];
  return runKernel(nativeOp, attributes, [x, kernel, bias, addend ?? bias], 1)[0] as tf.Tensor4D;
};

const composed: Form = (x, kernel, bias, { strides, pad, rectifies }, addend) =>
  tf.tidy(() => {
    let y = tf.conv2d(x, kernel, strides as [number, number], pad);
    checkAddend(addend, y.shape);
    y = hasRawKernels() ? (addBias(y, bias) as tf.Tensor4D) : tf.add(y, bias);
    if (addend !== undefined) y = tf.add(y, addend);
    return rectifies ? relu(y) : y;
  });

function checkAddend(addend: tf.Tensor4D | undefined, shape: readonly number[]): void {
  if (addend !== undefined)
    checkShape("fusedConvolution", "addend", addend, shape, "the shape of what is convolved");
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
