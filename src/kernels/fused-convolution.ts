import * as tf from "@tensorflow/tfjs";
import { hasNativeKernel } from "../core/native-kernels.js";
import { checkShape, checkType } from "./check-arguments.js";
import { checkConvolved, checkKernel, convolutionGeometry } from "./convolution-geometry.js";
import { addBias } from "./dense.js";
import { attribute, hasRawKernels, type OpAttribute, runKernel } from "./raw.js";
import { relu } from "./relu.js";

export interface FusedConvolutionOptions {
  readonly strides: readonly [down: number, across: number];
  readonly pad: "same" | "valid";
  /** Whether max(y, 0) is the last thing done. */
  readonly rectifies: boolean;
}

/** y = convolution of x, plus bias, plus `addend`, rectified or not. */
export type FusedConvolution = (x: tf.Tensor4D, addend?: tf.Tensor4D) => tf.Tensor4D;

/**
 * A convolution with all that may follow it in a residual network, made once for many calls: x
 * [batch, height, width, in] with a kernel [rows, columns, in, out], plus a bias [out], plus `addend` (of the result's
 * shape), rectified, to [batch, height / strides, width / strides, out]. One kernel of native/convolution.cc where `out`
 * is a multiple of 16 and the stride across is 1 or 2; where that addon is absent, a convolution and a pass for each of
 * the others. For inference: no gradient flows through it. Making it and calling it throw for a wrong rank or type, an
 * empty batch, or shapes that do not fit.
 */
export function createFusedConvolution(
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D,
  options: FusedConvolutionOptions,
): FusedConvolution {
  checkKernel(caller, kernel);
  checkShape(caller, "bias", bias, [kernel.shape[3]], "a number a filter");
  checkType(caller, "bias", bias);
  const fitsNative = kernel.shape[3] % nativeFilters === 0 && options.strides[1] <= 2;
  const native = createNative(kernel, bias, options);
  const composed = createComposed(kernel, bias, options);
  return (x, addend) => {
    checkConvolved(caller, x, kernel);
    const isNative = fitsNative && hasRawKernels() && hasNativeKernel(nativeOp);
    return (isNative ? native : composed)(x, addend);
  };
}

const caller = "fusedConvolution";
const nativeOp = "AffectlabConvolution";
const nativeFilters = 16;

type Make = typeof createFusedConvolution;

const createNative: Make = (kernel, bias, { strides, pad, rectifies }) => {
  // What follows from x's shape, kept for the next x of that shape: working it out takes as long as a small convolution.
  let known = { shape: "", output: [] as readonly number[], attributes: [] as OpAttribute[] };
  const layOut = (x: tf.Tensor4D): typeof known => {
    const { shape, ...place } = convolutionGeometry(x, kernel, strides, pad);
    const attributes = [...Object.values(place), attribute.bool("rectifies", rectifies)];
    return { shape: x.shape.join(), output: shape, attributes };
  };
  return (x, addend) => {
    if (x.shape.join() !== known.shape) known = layOut(x);
    checkAddend(addend, known.output);
    const attributes = [...known.attributes, attribute.bool("adds", addend !== undefined)];
    return runKernel(nativeOp, attributes, [x, kernel, bias, addend ?? bias], 1)[0] as tf.Tensor4D;
  };
};

const createComposed: Make =
  (kernel, bias, { strides, pad, rectifies }) =>
  (x, addend) =>
    tf.tidy(() => {
      let y = tf.conv2d(x, kernel, [...strides], pad);
      checkAddend(addend, y.shape);
      y = hasRawKernels() ? (addBias(y, bias) as tf.Tensor4D) : tf.add(y, bias);
      if (addend !== undefined) y = tf.add(y, addend);
      return rectifies ? relu(y) : y;
    });

function checkAddend(addend: tf.Tensor4D | undefined, shape: readonly number[]): void {
  if (addend !== undefined) checkShape(caller, "addend", addend, shape, "the shape of what is convolved");
}
