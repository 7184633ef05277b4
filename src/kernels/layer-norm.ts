import * as tf from "@tensorflow/tfjs";
import { hasNativeKernel } from "../core/native-kernels.js";
import { checkLength, checkLowestRank, checkNotEmpty, checkRank, checkType } from "./check-arguments.js";
import { addBias, sumRows } from "./dense.js";
import { toFloat } from "./half-precision.js";
import { attribute, hasRawKernels, runKernel } from "./raw.js";

/**
 * Layer normalisation over the last axis (Ba et al. 2016): x [..., channels], scale and offset [channels], x's shape
 * out. (x - mean) / √(variance + epsilon) · scale + offset, the variance biased, as in PyTorch and Keras.
 *
 * Under TensorFlow one pass over memory each way by native/transformer.cc, in float32; where that addon is absent or
 * the channels are no multiple of 16, batch normalisation's kernels on the rows. Throws for shapes that do not fit,
 * another type than float32, and an empty x.
 */
export function layerNorm<T extends tf.Tensor>(
  x: T,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
): T {
  const channels = x.shape[x.rank - 1] ?? 0;
  for (const [name, tensor] of Object.entries({ scale, offset })) {
    checkRank("layerNorm", name, tensor, ["channels"]);
    checkType("layerNorm", name, tensor);
    checkLength("layerNorm", name, tensor, 0, channels, "the channels of x");
  }
  if (hasNative(channels)) {
    checkInput(x);
    return native(x, scale, offset, epsilon);
  }
  const rows = normaliseRows(x, epsilon);
  return hasRawKernels() ? scaleRows(rows, scale, offset) : (tf.add(tf.mul(rows, scale), offset) as T);
}

/**
 * Layer normalisation without scale and offset: every row of x [..., channels] gets mean 0 and variance 1. Where a dense
 * layer follows, scale and offset are folded into its weights, which saves two passes forward and three back.
 *
 * Under TensorFlow it is batch normalisation of one image whose channels are the rows: one FusedBatchNormV3 kernel
 * forward, one FusedBatchNormGradV3 back. Throws as `layerNorm` does.
 */
export function normaliseRows<T extends tf.Tensor>(x: T, epsilon: number): T {
  checkInput(x);
  return hasRawKernels() ? fused(x, epsilon) : portable(x, epsilon);
}

function checkInput(x: tf.Tensor): void {
  checkLowestRank("layerNorm", "x", x, 2);
  checkType("layerNorm", "x", x);
  checkNotEmpty("layerNorm", "x", x);
}

const nativeOp = "AffectlabLayerNorm";
const nativeGradient = "AffectlabLayerNormGrad";
/** Numbers in the widest vector register: native/transformer.cc works on so many channels at a time. */
const nativeLanes = 16;

function hasNative(channels: number): boolean {
  return channels % nativeLanes === 0 && hasRawKernels() && hasNativeKernel(nativeOp);
}

function native<T extends tf.Tensor>(x: T, scale: tf.Tensor1D, offset: tf.Tensor1D, epsilon: number): T {
  const normalise = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const given = args as tf.Tensor[];
    const [y, mean, inverse] = runKernel(nativeOp, [attribute.float("epsilon", epsilon)], given, 3) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    save([given[0]!, given[1]!, mean, inverse]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        runKernel(nativeGradient, [], [toFloat(dy), ...saved], 3),
    };
  });
  return normalise(toFloat(x), toFloat(scale), toFloat(offset)) as T;
}

function portable<T extends tf.Tensor>(x: T, epsilon: number): T {
  const { mean, variance } = tf.moments(x, -1, true); // [..., 1]
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon))) as T;
}

function fused<T extends tf.Tensor>(x: T, epsilon: number): T {
  const channels = x.shape[x.rank - 1]!;
  const rows = x.size / channels;
  const attributes = [
    attribute.type("T"),
    attribute.type("U"),
    attribute.float("epsilon", epsilon),
    attribute.string("data_format", "NCHW"),
    attribute.bool("is_training", true),
  ];
  const forwardAttributes = [...attributes, attribute.float("exponential_avg_factor", 1)];
  const normalise = tf.customGrad((input, save) => {
    const [ones, zeros, unused] = [tf.ones([rows]), tf.zeros([rows]), tf.zeros([0])];
    const image = input as tf.Tensor; // [1, rows, channels, 1]
    const outputs = runKernel("FusedBatchNormV3", forwardAttributes, [image, ones, zeros, unused, unused], 6);
    const [y, , , ...reserved] = outputs as [tf.Tensor, ...tf.Tensor[]];
    (save as tf.GradSaveFunc)([image, ones, ...reserved]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        runKernel("FusedBatchNormGradV3", attributes, [dy, ...saved], 5)[0]!,
    };
  });
  const image = tf.reshape(x, [1, rows, channels, 1]);
  return tf.reshape(normalise(image) as tf.Tensor, x.shape) as unknown as T;
}

/** rows · scale + offset, channel by channel; raw kernels. */
function scaleRows<T extends tf.Tensor>(rows: T, scale: tf.Tensor1D, offset: tf.Tensor1D): T {
  const stretch = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    const [x, gamma, beta] = args as [tf.Tensor, tf.Tensor, tf.Tensor];
    save([x, gamma]);
    return {
      value: addBias(tf.mul(x, gamma), beta),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => [
        tf.mul(dy, saved[1]!),
        sumRows(tf.mul(dy, saved[0]!)),
        sumRows(dy),
      ],
    };
  });
  return stretch(rows, scale, offset) as T;
}
