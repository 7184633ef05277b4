import type * as tf from "@tensorflow/tfjs";

/*
 * What a kernel asks of its arguments. TensorFlow's own complaint about a wrong one names an op that the caller has
 * never heard of, or the process ends; these name the kernel, the argument, what it is and what was expected.
 * Each throws an Error, and costs nothing next to a kernel call.
 */

/** "x is float32 [2, 3]", for the errors below. */
function describe(tensor: tf.Tensor): string {
  return `${tensor.dtype} [${tensor.shape.join(", ")}]`;
}

/** The argument has so many axes; `axes` names them: `checkRank("relu", "x", x, ["batch", "channels"])`. */
export function checkRank(
  kernel: string,
  argument: string,
  tensor: tf.Tensor,
  axes: readonly string[],
): void {
  if (tensor.rank === axes.length) return;
  throw new Error(`${kernel}: ${argument} is ${describe(tensor)}, expected [${axes.join(", ")}]`);
}

/** The argument has at least so many axes: for kernels that work on the last ones. */
export function checkLowestRank(kernel: string, argument: string, tensor: tf.Tensor, lowest: number): void {
  if (tensor.rank >= lowest) return;
  throw new Error(`${kernel}: ${argument} is ${describe(tensor)}, expected at least ${lowest} axes`);
}

/** The argument is of that type; float32 stands for bf16 too, which tfjs knows as float32. */
export function checkType(
  kernel: string,
  argument: string,
  tensor: tf.Tensor,
  expected: tf.DataType = "float32",
): void {
  if (tensor.dtype === expected) return;
  throw new Error(`${kernel}: ${argument} is ${describe(tensor)}, expected ${expected}`);
}

/** The argument's axis has that length; `why` says what it has to agree with: "the channels of x". */
export function checkLength(
  kernel: string,
  argument: string,
  tensor: tf.Tensor,
  axis: number,
  expected: number,
  why: string,
): void {
  if (tensor.shape[axis] === expected) return;
  throw new Error(
    `${kernel}: axis ${axis} of ${argument}, which is ${describe(tensor)}, has length ${tensor.shape[axis]}, expected ${expected}: ${why}`,
  );
}

/** The argument has exactly that shape; `why` says what it has to agree with. */
export function checkShape(
  kernel: string,
  argument: string,
  tensor: tf.Tensor,
  expected: readonly number[],
  why: string,
): void {
  if (tensor.rank === expected.length && tensor.shape.every((length, axis) => length === expected[axis]))
    return;
  throw new Error(`${kernel}: ${argument} is ${describe(tensor)}, expected [${expected.join(", ")}]: ${why}`);
}

/** No axis of the argument is of length 0: an empty batch has no mean and no gradient. */
export function checkNotEmpty(kernel: string, argument: string, tensor: tf.Tensor): void {
  if (tensor.size > 0) return;
  throw new Error(
    `${kernel}: ${argument} is ${describe(tensor)}, which holds no number; expected at least one`,
  );
}
