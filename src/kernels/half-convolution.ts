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
  const down = alongAxis(x.shape[1], kernel.shape[0], strides[0], pad);
  const across = alongAxis(x.shape[2], kernel.shape[1], strides[1], pad);
  const common = [
    attribute.type("T"),
    attribute.integers("strides", strides),
    attribute.integers("before", [down.before, across.before]),
  ];
  const output = attribute.integers("output", [down.length, across.length]);

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

/** How long the result is along one axis, and how many zeros lie before the input there: TensorFlow's "SAME" and "VALID". */
function alongAxis(length: number, size: number, stride: number, pad: "same" | "valid") {
  if (pad === "valid") return { length: Math.floor((length - size) / stride) + 1, before: 0 };
  const results = Math.ceil(length / stride);
  const zeros = Math.max((results - 1) * stride + size - length, 0);
  return { length: results, before: Math.floor(zeros / 2) };
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
