import * as tf from "@tensorflow/tfjs";
import { bfloat16Type, castBetween, floatType, isBfloat16, type NodeBackend } from "./bfloat16-backend.js";
import { checkType } from "./check-arguments.js";
import { hasRawKernels } from "./raw.js";

/**
 * The tensor in bf16 (8 bits of exponent, 8 of fraction; rounded to nearest even), any shape: what is computed from it
 * is bf16 until `toFloat`. Its gradient comes back in float32, so that master weights get float32 gradients. A tensor
 * that is bf16 already is given back as it is. tfjs goes on calling it float32.
 *
 * Throws for another type than float32, and where there is no TensorFlow (a browser).
 */
export function toHalf<T extends tf.Tensor>(x: T): T {
  checkType("toHalf", "x", x);
  const backend = nodeBackend("toHalf");
  if (isBfloat16(backend, x)) return x;
  return castWithGradient(x, toBfloat16, toSingle);
}

/** The tensor in float32; one that is float32 already is given back as it is. Its gradient goes on in bf16. */
export function toFloat<T extends tf.Tensor>(x: T): T {
  return isHalf(x) ? castWithGradient(x, toSingle, toBfloat16) : x;
}

/** Whether TensorFlow holds this tensor in bf16. Never so in a browser. */
export function isHalf(x: tf.Tensor): boolean {
  return hasRawKernels() && isBfloat16(nodeBackend("isHalf"), x);
}

type Cast = (x: tf.Tensor) => tf.Tensor;

function castWithGradient<T extends tf.Tensor>(x: T, forward: Cast, back: Cast): T {
  return tf.customGrad((input) => ({ value: forward(input as tf.Tensor), gradFunc: back }))(x) as T;
}

const toBfloat16: Cast = (x) => cast(x, bfloat16Type);
const toSingle: Cast = (x) => cast(x, floatType);

function cast(x: tf.Tensor, type: number): tf.Tensor {
  const backend = nodeBackend("cast");
  const isThere = isBfloat16(backend, x) === (type === bfloat16Type);
  if (isThere) return tf.clone(x); // a gradient may come in either type
  const from = type === bfloat16Type ? floatType : bfloat16Type;
  return castBetween(backend, x, from, type);
}

function nodeBackend(caller: string): NodeBackend {
  if (!hasRawKernels()) throw new Error(`${caller}: bf16 needs TensorFlow's native backend`);
  return tf.backend() as unknown as NodeBackend;
}
