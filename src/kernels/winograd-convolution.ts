import * as tf from "@tensorflow/tfjs";
import { hasNativeKernel } from "../core/native-kernels.js";
import { checkConvolved, checkKernel, convolutionGeometry } from "./convolution-geometry.js";
import { isHalf } from "./half-precision.js";
import { attribute, hasRawKernels, runKernel } from "./raw.js";

/** With fewer channels or filters, most of a vector would be empty. */
const fewest = 16;

/**
 * Whether native/winograd.cc convolves x [batch, height, width, in] with the kernel [rows, columns, in, out]: 3 × 3 without a
 * stride, float32, on a processor with AVX-512, and enough channels for it to be the faster way.
 */
export function hasWinograd(x: tf.Tensor, kernel: tf.Tensor, strides: readonly [number, number]): boolean {
  if (!hasRawKernels() || !hasNativeKernel("AffectlabWinograd")) return false;
  if (isHalf(x) || isHalf(kernel)) return false;
  const [rows, columns, channels, filters] = kernel.shape as [number, number, number, number];
  const isThreeByThree = rows === 3 && columns === 3 && strides.every((stride) => stride === 1);
  return x.rank === 4 && isThreeByThree && channels >= fewest && filters >= fewest;
}

/**
 * A 3 × 3 convolution without a stride by this project's own op: x [batch, height, width, in] with a kernel [3, 3, in, out] to
 * [batch, height, width, out], by Winograd's F(4 × 4, 3 × 3) (Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural
 * Networks"): 36 products where there are 144. Equal to tf.conv2d up to rounding, which is some ten times that of direct
 * sums. Both gradients come from one call.
 *
 * Throws for a wrong rank or type, an empty batch, channels that do not fit, and where `hasWinograd` is false.
 */
export function convolveByWinograd(x: tf.Tensor4D, kernel: tf.Tensor4D, pad: "same" | "valid"): tf.Tensor4D {
  checkArguments(x, kernel);
  const { output, before } = convolutionGeometry(x, kernel, [1, 1], pad);
  const run = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const inputs = args as tf.Tensor[];
    save(inputs);
    return {
      value: runKernel("AffectlabWinograd", [before, output], inputs, 1)[0]!,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        runKernel("AffectlabWinogradGrad", [before, attribute.bool("needs_input", true)], [dy, ...saved], 2),
    };
  });
  return run(x, kernel) as tf.Tensor4D;
}

function checkArguments(x: tf.Tensor4D, kernel: tf.Tensor4D): void {
  const caller = "convolveByWinograd";
  checkKernel(caller, kernel);
  checkConvolved(caller, x, kernel);
  if (!hasWinograd(x, kernel, [1, 1]))
    throw new Error(
      `${caller}: x and kernel are to be float32, the kernel 3 × 3 with at least ${fewest} channels and filters, on a processor with AVX-512`,
    );
}
