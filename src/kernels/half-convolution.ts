import * as tf from "@tensorflow/tfjs";
import { hasNativeKernel } from "../core/native-kernels.js";
import { checkLength, checkNotEmpty, checkRank, checkType } from "./check-arguments.js";
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
 * A convolution without strides in bf16, by this project's own op: x [batch, height, width, in] with a kernel [rows,
 * columns, in, out] to [batch, height, width, out] ("same"), or to what is left of both axes ("valid"). Sums are float32.
 * Both gradients come from one call, the kernel's in float32; x gets none where it is `isData`, the network's input.
 *
 * Throws for a wrong rank or type, an empty batch, channels that do not fit, and where `hasHalfConvolution` is false.
 */
export function convolveInHalf(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  pad: "same" | "valid",
  { isData = false }: { readonly isData?: boolean } = {},
): tf.Tensor4D {
  checkArguments(x, kernel);
  const [, height, width] = x.shape;
  const [rows, columns] = kernel.shape;
  const isSame = pad === "same";
  const lost = isSame ? [0, 0] : [rows - 1, columns - 1];
  const before = isSame ? [Math.floor((rows - 1) / 2), Math.floor((columns - 1) / 2)] : [0, 0];
  const common = [attribute.type("T"), attribute.integers("before", before)];
  const output = attribute.integers("output", [height - lost[0]!, width - lost[1]!]);

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
  checkRank(caller, "x", x, ["batch", "height", "width", "channels"]);
  checkRank(caller, "kernel", kernel, ["rows", "columns", "channels", "filters"]);
  checkType(caller, "x", x);
  checkType(caller, "kernel", kernel);
  checkNotEmpty(caller, "x", x);
  checkLength(caller, "x", x, 3, kernel.shape[2], "the kernel's channels");
  if (!hasHalfConvolution(x, kernel))
    throw new Error(
      `${caller}: x and kernel are to be bf16, the kernel at most ${mostColumns} wide, on a processor with matrix tiles`,
    );
}
