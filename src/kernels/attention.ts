import * as tf from "@tensorflow/tfjs";
import { hasNativeKernel } from "../core/native-kernels.js";
import { checkNotEmpty, checkRank, checkShape, checkType } from "./check-arguments.js";
import { toFloat } from "./half-precision.js";
import { attribute, hasRawKernels, runKernel } from "./raw.js";

/** Added to the score of a padding frame: its probability is exactly 0 then. */
const maskedOut = -1e9;

/**
 * Self-attention of several heads (Vaswani et al. 2017, section 3.2): softmax(scale · q · kᵀ) · v in each head, heads
 * side by side. qkv: [batch, frames, 3 × channels], the queries of all heads, then their keys, then their values. scale:
 * 1 / √(channels of a head) in the paper; 1 where the queries are scaled already. mask: [batch, frames] of 1 and 0; no
 * frame attends to one of 0, and a row without any valid frame gives its mean value. Gives [batch, frames, channels]. No
 * gradient flows to the mask.
 *
 * Under TensorFlow by native/attention.cc, head by head, nothing of the size frames × frames in memory; where that addon
 * is absent or a head's channels are no multiple of 16, by products of matrices, and a gradient that keeps the
 * probabilities alone of what lies between. Throws for shapes that do not fit, another type than float32, and an empty
 * batch.
 */
export function selfAttention(
  qkv: tf.Tensor3D,
  heads: number,
  mask: tf.Tensor2D | null,
  scale = 1,
): tf.Tensor3D {
  checkRank("selfAttention", "qkv", qkv, ["batch", "frames", "3 × channels"]);
  checkType("selfAttention", "qkv", qkv);
  checkNotEmpty("selfAttention", "qkv", qkv);
  const [batch, frames, width] = qkv.shape;
  if (!Number.isInteger(heads) || heads < 1 || width % (3 * heads) !== 0) {
    throw new Error(
      `selfAttention: qkv of ${width} numbers a frame cannot be divided into 3 × ${heads} heads of equal size`,
    );
  }
  if (mask !== null) checkShape("selfAttention", "mask", mask, [batch, frames], "batch and frames of qkv");
  if (!hasRawKernels()) return portable(qkv, heads, penaltyOf(mask), scale);
  const isNative = hasNativeKernel(nativeOp) && width % (3 * heads * nativeLanes) === 0;
  return isNative ? native(qkv, heads, mask, scale) : raw(qkv, heads, penaltyOf(mask), scale);
}

const nativeOp = "AffectlabAttention";
const nativeGradient = "AffectlabAttentionGrad";
/** Numbers in the widest vector register: native/attention.cc works on so many channels at a time. */
const nativeLanes = 16;

function native(qkv: tf.Tensor3D, heads: number, mask: tf.Tensor2D | null, scale: number): tf.Tensor3D {
  const [batch, frames, width] = qkv.shape;
  const attributes = [
    attribute.type("T"),
    attribute.integer("frames", frames),
    attribute.integer("heads", heads),
    attribute.float("scale", scale),
  ];
  const bias = tf.zeros([width]);
  const valid = mask === null ? tf.zeros([0]) : toFloat(mask);
  const attend = tf.customGrad((input, save) => {
    const given = [input as tf.Tensor, bias, valid];
    const [y, statistics] = runKernel(nativeOp, attributes, given, 2) as [tf.Tensor, tf.Tensor];
    (save as tf.GradSaveFunc)([input as tf.Tensor, y, bias, valid, statistics]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        runKernel(nativeGradient, attributes, [dy, ...saved], 2)[0]!,
    };
  });
  const y = attend(tf.reshape(qkv, [batch * frames, width])) as tf.Tensor2D;
  return tf.reshape(y, [batch, frames, width / 3]);
}

type Attend = (qkv: tf.Tensor3D, heads: number, penalty: tf.Tensor | null, scale: number) => tf.Tensor3D;

const portable: Attend = (qkv, heads, penalty, scale) => {
  const [q, k, v] = tf.unstack(splitHeads(qkv, heads)) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
  const scores = tf.matMul(tf.mul(q, scale), k, false, true); // [batch, heads, frames, frames]
  const probabilities = tf.softmax(penalty === null ? scores : tf.add(scores, penalty));
  return joinHeads(tf.matMul(probabilities, v) as tf.Tensor4D);
};

const raw: Attend = (qkv, heads, penalty, scale) => {
  const attend = tf.customGrad((input, save) => {
    const parts = splitHeads(input as tf.Tensor3D, heads);
    const [q, k, v] = tf.unstack(parts) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const scores = multiply(scaled(q, scale), k, { transposeB: true });
    const masked = penalty === null ? scores : tf.add(scores, penalty);
    const probabilities = runKernel("Softmax", [attribute.type("T")], [masked], 1)[0]!;
    const result = multiply(probabilities, v); // [batch, heads, frames, size]
    (save as tf.GradSaveFunc)([parts, probabilities, result]);
    return {
      value: joinHeads(result as tf.Tensor4D),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradient(dy as tf.Tensor3D, saved, heads, scale),
    };
  });
  return attend(qkv) as tf.Tensor3D;
};

/** The gradient to qkv. With p the probabilities: dS = p · (dP - rowsum(p · dP)), and that row sum is rowsum(y · dy). */
function gradient(dy: tf.Tensor3D, saved: tf.Tensor[], heads: number, scale: number): tf.Tensor {
  const [parts, probabilities, result] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
  const [batch, frames, channels] = dy.shape;
  const [q, k, v] = tf.unstack(parts) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const split = tf.transpose(tf.reshape(dy, [batch, frames, heads, channels / heads]), [0, 2, 1, 3]);
  const ofProbabilities = multiply(split, v, { transposeB: true });
  const rowSums = tf.sum(toFloat(tf.mul(split, result)), -1, true); // [batch, heads, frames, 1]
  const ofScores = scaled(tf.mul(probabilities, tf.sub(ofProbabilities, rowSums)), scale);
  const ofParts = tf.stack([
    multiply(ofScores, k),
    multiply(ofScores, q, { transposeA: true }),
    multiply(probabilities, split, { transposeA: true }),
  ]); // [3, batch, heads, frames, size]
  return tf.reshape(tf.transpose(ofParts, [1, 3, 0, 2, 4]), [batch, frames, 3 * channels]);
}

const scaled = <T extends tf.Tensor>(x: T, scale: number): T => (scale === 1 ? x : tf.mul(x, scale));

/** 0 for a valid frame and -1e9 for padding, [batch, 1, 1, frames]; a constant to whoever asks for gradients. */
function penaltyOf(mask: tf.Tensor2D | null): tf.Tensor | null {
  if (mask === null) return null;
  const [batch, frames] = mask.shape;
  const penalty = tf.customGrad((m) => ({
    value: tf.mul(tf.sub(1, m as tf.Tensor), maskedOut),
    gradFunc: () => tf.zeros(mask.shape),
  }))(mask);
  return tf.reshape(penalty, [batch, 1, 1, frames]);
}

/** [batch, frames, 3 × heads × size] → [3, batch, heads, frames, size] */
function splitHeads(qkv: tf.Tensor3D, heads: number): tf.Tensor {
  const [batch, frames, width] = qkv.shape;
  return tf.transpose(tf.reshape(qkv, [batch, frames, 3, heads, width / (3 * heads)]), [2, 0, 3, 1, 4]);
}

/** [batch, heads, frames, size] → [batch, frames, heads × size] */
function joinHeads(x: tf.Tensor4D): tf.Tensor3D {
  const [batch, heads, frames, size] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, frames, heads * size]);
}

/** Products of the matrices in the last two axes, one BatchMatMulV2 kernel. */
function multiply(
  a: tf.Tensor,
  b: tf.Tensor,
  { transposeA = false, transposeB = false }: { transposeA?: boolean; transposeB?: boolean } = {},
): tf.Tensor {
  const transposed = [attribute.bool("adj_x", transposeA), attribute.bool("adj_y", transposeB)];
  return runKernel("BatchMatMulV2", [attribute.type("T"), ...transposed], [a, b], 1)[0]!;
}
