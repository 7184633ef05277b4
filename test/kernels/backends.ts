import * as tf from "@tensorflow/tfjs";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { hasRawKernels } from "../../src/kernels/raw.js";

/** Both ways a kernel is computed: TensorFlow's raw kernels, and plain tfjs as in a page without them. */
export const paths = ["raw", "portable"] as const;

/** Makes the backend of one path the one in force. Throws when that path would not be taken. */
export async function usePath(path: (typeof paths)[number]): Promise<void> {
  loadTensorFlow();
  await tf.setBackend(path === "raw" ? "tensorflow" : "cpu");
  if (hasRawKernels() !== (path === "raw")) throw new Error(`The ${path} path is not the one in force.`);
}

/** The largest distance between two tensors' numbers. */
export function distance(a: tf.Tensor, b: tf.Tensor): number {
  if (a.shape.join() !== b.shape.join()) throw new Error(`shapes ${a.shape} and ${b.shape}`);
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!);
}

/** The largest distance as a share of the second one's largest number. */
export function share(a: tf.Tensor, b: tf.Tensor): number {
  return distance(a, b) / tf.max(tf.abs(b)).dataSync()[0]!;
}
