import * as tf from "@tensorflow/tfjs";
import { hasNativeKernel } from "../core/native-kernels.js";
import { checkType } from "./check-arguments.js";
import { attribute, hasRawKernels, runKernel } from "./raw.js";

/** gelu(x) = root · scaledGelu(root · x). Whoever multiplies by matrices before and after folds it into them. */
export const geluRoot = Math.SQRT1_2;

/** ln(2 / √π), so that the derivative of erf, 2 / √π · exp(-u²), is one exponential. */
const logSlope = Math.log(2 / Math.sqrt(Math.PI));

/**
 * The Gaussian error linear unit x · Φ(x), exact, any shape (Hendrycks and Gimpel 2016, section 2: the erf form, which
 * Whisper and wav2vec 2.0 use, not its tanh approximation). Where the addon is and the last axis is a multiple of 16, one
 * pass over memory each way. Throws for another type than float32.
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  checkType("gelu", "x", x);
  const channels = x.shape[x.rank - 1] ?? 0;
  const fillsVectors = channels > 0 && channels % nativeLanes === 0;
  if (fillsVectors && hasRawKernels() && hasNativeKernel(rowsOp)) return nativeRows(x, channels);
  return tf.mul(scaledGelu(tf.mul(x, geluRoot) as T), geluRoot);
}

/**
 * GELU without its two constants, u · (1 + erf u) = √2 · gelu(√2 · u), any shape. Under TensorFlow one pass over memory
 * each way by native/transformer.cc; where that addon is absent, three passes forward and six back (the formula in tfjs
 * operations takes five and about fifteen). Throws for another type than float32.
 */
export function scaledGelu<T extends tf.Tensor>(u: T): T {
  checkType("scaledGelu", "u", u);
  if (!hasRawKernels()) return tf.mul(u, tf.add(tf.erf(u), 1));
  return hasNativeKernel(nativeOp) ? native(u) : raw(u);
}

const rowsOp = "AffectlabBiasGelu";
const rowsGradient = "AffectlabBiasGeluGrad";
/** Numbers in the widest vector register: native/encoder-block.cc works on so many channels at a time. */
const nativeLanes = 16;

/** native/encoder-block.cc's GELU with a bias of 0. */
function nativeRows<T extends tf.Tensor>(x: T, channels: number): T {
  const activate = tf.customGrad((input, save) => {
    const rows = tf.reshape(input as tf.Tensor, [x.size / channels, channels]);
    const bias = tf.zeros([channels]);
    (save as tf.GradSaveFunc)([rows, bias]);
    return {
      value: tf.reshape(runKernel(rowsOp, [attribute.type("T")], [rows, bias], 1)[0]!, x.shape),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const given = [tf.reshape(dy, [x.size / channels, channels]), ...saved];
        return tf.reshape(runKernel(rowsGradient, [attribute.type("T")], given, 2)[0]!, x.shape);
      },
    };
  });
  return activate(x) as T;
}

const nativeOp = "AffectlabScaledGelu";
const nativeGradient = "AffectlabScaledGeluGrad";

function native<T extends tf.Tensor>(u: T): T {
  const activate = tf.customGrad((input, save) => {
    (save as tf.GradSaveFunc)([input as tf.Tensor]);
    return {
      value: runKernel(nativeOp, [attribute.type("T")], [input as tf.Tensor], 1)[0]!,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        runKernel(nativeGradient, [attribute.type("T")], [dy, saved[0]!], 1)[0]!,
    };
  });
  return activate(u) as T;
}

function raw<T extends tf.Tensor>(u: T): T {
  const activate = tf.customGrad((input, save) => {
    const gate = tf.add(tf.erf(input as tf.Tensor), 1);
    (save as tf.GradSaveFunc)([input as tf.Tensor, gate]);
    return {
      value: tf.mul(input as tf.Tensor, gate),
      // d/du = 1 + erf u + u · 2/√π · exp(-u²)
      gradFunc: (dy: tf.Tensor, [x, open]: tf.Tensor[]) => {
        const slope = tf.exp(tf.sub(logSlope, tf.square(x!)));
        return tf.mul(dy, tf.add(open!, tf.mul(x!, slope)));
      },
    };
  });
  return activate(u) as T;
}
