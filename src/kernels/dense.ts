import * as tf from "@tensorflow/tfjs";
import { checkLength, checkLowestRank, checkNotEmpty, checkRank, checkType } from "./check-arguments.js";
import { attribute, hasRawKernels, runKernel } from "./raw.js";

/**
 * A dense layer, x · kernel + bias: x [..., inputs], kernel [inputs, units], bias [units] → [..., units]. Under
 * TensorFlow one MatMul and one BiasAdd, back two MatMul and one BiasAddGrad, on rows as they lie in memory; tfjs
 * broadcasts batches of matrices and sums the bias's gradient in several passes. Throws for shapes that do not fit,
 * another type than float32, and an empty x.
 */
export function dense<T extends tf.Tensor>(x: T, kernel: tf.Tensor2D, bias: tf.Tensor1D): T {
  checkLowestRank("dense", "x", x, 2);
  checkRank("dense", "kernel", kernel, ["inputs", "units"]);
  checkRank("dense", "bias", bias, ["units"]);
  for (const [name, tensor] of Object.entries({ x, kernel, bias })) checkType("dense", name, tensor);
  const [inputs, units] = kernel.shape;
  checkLength("dense", "x", x, x.rank - 1, inputs, "the kernel's inputs");
  checkLength("dense", "bias", bias, 0, units, "the kernel's units");
  checkNotEmpty("dense", "x", x);
  const rows = x.size / inputs;
  const shape = [...x.shape.slice(0, -1), units];
  const y = (hasRawKernels() ? raw : portable)(tf.reshape(x, [rows, inputs]), kernel, bias);
  return tf.reshape(y, shape) as unknown as T;
}

type Rows = (x: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D) => tf.Tensor2D;

const portable: Rows = (x, kernel, bias) => tf.add(tf.matMul(x, kernel), bias);

const raw: Rows = (x, kernel, bias) => {
  const project = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [input, weights, offset] = args as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
    save([input, weights]);
    return {
      value: addBias(multiply(input, weights), offset),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => [
        multiply(dy, saved[1]!, { transposeB: true }),
        multiply(saved[0]!, dy, { transposeA: true }),
        sumRows(dy),
      ],
    };
  });
  return project(x, kernel, bias) as tf.Tensor2D;
};

/** The product of two matrices, one MatMul kernel. No gradient flows through. Raw kernels only. */
export function multiply(
  a: tf.Tensor,
  b: tf.Tensor,
  { transposeA = false, transposeB = false }: { transposeA?: boolean; transposeB?: boolean } = {},
): tf.Tensor {
  const transposed = [attribute.bool("transpose_a", transposeA), attribute.bool("transpose_b", transposeB)];
  return runKernel("MatMul", [attribute.type("T"), ...transposed], [a, b], 1)[0]!;
}

const inLastAxis = () => [attribute.type("T"), attribute.string("data_format", "NHWC")];

/** x [..., units] with bias [units] added to every row. Raw kernels only. */
export function addBias(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  return runKernel("BiasAdd", inLastAxis(), [x, bias], 1)[0]!;
}

/** The sum of x [..., units] over all axes but the last: a bias's gradient. Raw kernels only. */
export function sumRows(x: tf.Tensor): tf.Tensor {
  return runKernel("BiasAddGrad", inLastAxis(), [x], 1)[0]!;
}
