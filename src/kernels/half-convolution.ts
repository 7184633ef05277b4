import * as tf from "@tensorflow/tfjs";
import { hasNativeKernel } from "../core/native-kernels.js";
import { checkConvolved, checkKernel, convolutionGeometry } from "./convolution-geometry.js";
import { isHalf } from "./half-precision.js";
import { attribute, runKernel } from "./raw.js";

/** The widest kernel that native/half-convolution.cc takes. */
const mostColumns = 16;

/**
 * Whether native/half-convolution.cc convolves x [batch, height, width, in] with the kernel [rows, columns, in, out]: bf16
 * tensors, on a processor with matrix tiles.
 */
export function hasHalfConvolution(x: tf.Tensor, kernel: tf.Tensor): boolean {
  const isThere = hasNativeKernel("AffectlabHalfConvolution") && isHalf(x) && isHalf(kernel);
  return isThere && x.shape.length === 4 && kernel.shape[1]! <= mostColumns;
}

/**
 * A convolution in bf16, by this project's own op: x [batch, height, width, in] with a kernel [rows, columns, in, out] to
 * [batch, height / strides, width / strides, out]. Sums are float32. Both gradients come from one call, the kernel's in
 * float32; x gets none where it is `isData`, the network's input.
 *
 * Throws for a wrong rank or type, an empty batch, channels that do not fit, and where `hasHalfConvolution` is false.
 */
export function convolveInHalf(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  strides: [number, number],
  pad: "same" | "valid",
  { isData = false }: { readonly isData?: boolean } = {},
): tf.Tensor4D {
  checkArguments(x, kernel);
  const { output, ...place } = convolutionGeometry(x, kernel, strides, pad);
  const common = [attribute.type("T"), place.strides, place.before];

  const run = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const inputs = isData ? [x, ...(args as tf.Tensor[])] : (args as tf.Tensor[]);
    save(inputs);
    return {
      value: runKernel("AffectlabHalfConvolution", [...common, output], inputs, 1)[0]!,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const attributes = [...common, attribute.bool("needs_input", !isData)];
        const [dx, kernelGradient] = runKernel("AffectlabHalfConvolutionGrad", attributes, [dy, ...saved], 2);
        return isData ? kernelGradient! : [dx!, kernelGradient!];
      },
    };
  });
  return (isData ? run(kernel) : run(x, kernel)) as tf.Tensor4D;
}

function checkArguments(x: tf.Tensor4D, kernel: tf.Tensor4D): void {
  const caller = "convolveInHalf";
  checkKernel(caller, kernel);
  checkConvolved(caller, x, kernel);
  if (!hasHalfConvolution(x, kernel))
    throw new Error(
      `${caller}: x and kernel are to be bf16, the kernel at most ${mostColumns} wide, on a processor with matrix tiles`,
    );
}
