import * as tf from "@tensorflow/tfjs";
import type { FusedBatchNorm } from "./layers.js";

/**
 * The kernel [rows, columns, in, out] and bias [out] that do what a convolution without a bias and the batch
 * normalisation behind it do together with the statistics that training has left: the kernel times
 * scale / √(variance + ε), and offset − mean · scale / √(variance + ε). Without a norm the kernel itself and zeros.
 * The tensors are the caller's, and do not follow the layers.
 */
export function foldNorm(
  convolution: tf.layers.Layer,
  norm: FusedBatchNorm | null,
): { kernel: tf.Tensor4D; bias: tf.Tensor1D } {
  return tf.tidy(() => {
    const kernel = convolution.weights[0]!.read() as tf.Tensor4D;
    if (norm === null) return { kernel: tf.clone(kernel), bias: tf.zeros([kernel.shape[3]]) };
    const [gamma, beta, mean, variance] = norm.weights.map((weight) => weight.read()) as [
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Tensor1D,
    ];
    const scale = tf.div(gamma, tf.sqrt(tf.add(variance, norm.getConfig().epsilon as number)));
    return { kernel: tf.mul(kernel, scale), bias: tf.sub(beta, tf.mul(mean, scale)) as tf.Tensor1D };
  });
}
