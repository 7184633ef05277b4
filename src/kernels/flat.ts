import * as tf from "@tensorflow/tfjs";
import { attribute, hasRawKernels, runKernel } from "./raw.js";

/**
 * Joins float32 tensors of any shapes into one vector, in order; throws when there is none. Under TensorFlow the
 * reshapes go to the kernel without tfjs' bookkeeping for gradients, which costs more than they do: no gradient flows
 * through.
 */
export function flatten(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.tidy(() => {
    if (!hasRawKernels())
      return tf.concat(tensors.map((tensor) => tf.reshape(tensor, [tensor.size]))) as tf.Tensor1D;
    const oneAxis = tf.tensor1d([-1], "int32");
    const vectors = tensors.map((tensor) => (tensor.rank === 1 ? tensor : reshape(tensor, oneAxis)));
    return tf.concat(vectors) as tf.Tensor1D;
  });
}

/** Cuts a float32 vector into tensors of these shapes, in order: what `flatten` joined. No gradient flows through. */
export function unflatten(flat: tf.Tensor1D, shapes: readonly (readonly number[])[]): tf.Tensor[] {
  return tf.tidy(() => {
    const sizes = shapes.map((shape) => tf.util.sizeFromShape([...shape]));
    const pieces = tf.split(flat, sizes, 0);
    if (!hasRawKernels()) return pieces.map((piece, i) => tf.reshape(piece, [...shapes[i]!]));
    const made = new Map<string, tf.Tensor1D>(); // many weights have the same shape
    return pieces.map((piece, i) => {
      const shape = shapes[i]!;
      if (shape.length === 1) return piece;
      const key = shape.join();
      const wanted = made.get(key) ?? tf.tensor1d([...shape], "int32");
      made.set(key, wanted);
      return reshape(piece, wanted);
    });
  });
}

/**
 * The same numbers in memory that no other tensor shares, for a kernel that changes them where they lie. Where there are
 * no raw kernels nothing does: the tensor itself, as one more handle.
 */
export function ownCopy<T extends tf.Tensor>(tensor: T): T {
  if (!hasRawKernels()) return tf.clone(tensor);
  return runKernel("DeepCopy", [attribute.type("T")], [tensor], 1)[0] as T;
}

function reshape(tensor: tf.Tensor, shape: tf.Tensor1D): tf.Tensor {
  const attributes = [attribute.type("T"), attribute.type("Tshape", int32Type)];
  return runKernel("Reshape", attributes, [tensor, shape], 1)[0]!;
}

/** TensorFlow's own number for int32 (TF_INT32). */
const int32Type = 3;
