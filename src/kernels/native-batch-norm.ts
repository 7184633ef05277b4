import * as tf from "@tensorflow/tfjs";
import { hasNativeKernel } from "../core/native-kernels.js";
import { attribute, hasRawKernels, runKernel } from "./raw.js";

/** Receives this batch's mean and (biased) variance, [channels] each; they live only during the call. */
export type StatisticsListener = (mean: tf.Tensor1D, variance: tf.Tensor1D) => void;

/** What follows batch normalisation in the same pass: nothing, the rectifier, or a shortcut that is added before it. */
export type Follower = "nothing" | "rectifier" | { readonly shortcut: tf.Tensor4D };

/** Whether native/batch-norm.cc computes batch normalisation in this process. */
export function hasNativeBatchNorm(): boolean {
  return hasRawKernels() && hasNativeKernel("AffectlabBatchNorm");
}

/**
 * Batch normalisation of x [batch, height, width, channels] and what follows it, by this project's own op: a pass for the
 * statistics and one for the result; back, a pass for the sums and one for the gradients. The rectifier's gradient takes
 * no pass: its sign is that of what is normalised, which is computed again from x.
 */
export function normaliseNatively(
  x: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
  onStatistics: StatisticsListener,
  follower: Follower,
): tf.Tensor4D {
  const isResidual = typeof follower === "object";
  const op = isResidual ? "AffectlabResidualBatchNorm" : "AffectlabBatchNorm";
  const attributes = [attribute.type("T"), attribute.float("epsilon", epsilon)];
  if (!isResidual) attributes.push(attribute.bool("rectifies", follower === "rectifier"));
  const normalise = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const given = args as tf.Tensor[];
    const [input, ...others] = given as [tf.Tensor, ...tf.Tensor[]];
    const vectors = others.slice(-2); // scale, offset
    const outputs = runKernel(op, attributes, given, 3);
    const [y, mean, variance] = outputs as [tf.Tensor, tf.Tensor1D, tf.Tensor1D];
    onStatistics(mean, variance);
    save([input, ...(isResidual ? [y] : []), ...vectors, mean, variance]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const gradients = runKernel(`${op}Grad`, attributes, [dy, ...saved], isResidual ? 4 : 3);
        const [dx, dScale, dOffset, dShortcut] = gradients as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        return isResidual ? [dx, dShortcut, dScale, dOffset] : [dx, dScale, dOffset];
      },
    };
  });
  return (
    isResidual ? normalise(x, follower.shortcut, scale, offset) : normalise(x, scale, offset)
  ) as tf.Tensor4D;
}
