import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasNativeKernel, withoutNativeKernels } from "../../src/core/native-kernels.js";
import { deviceName, nativeKernels } from "../../src/core/tensorflow.js";
import { selfAttention } from "../../src/kernels/attention.js";
import { isHalf, toFloat, toHalf } from "../../src/kernels/half-precision.js";
import { distance, usePath } from "./backends.js";

/** Frames that fill no tile, one query block and two; heads of one vector, of two, three and four. */
const shapes = [
  { batch: 1, frames: 1, heads: 1, size: 16 },
  { batch: 2, frames: 7, heads: 3, size: 48 },
  { batch: 3, frames: 94, heads: 4, size: 32 },
  { batch: 2, frames: 150, heads: 2, size: 64 },
  { batch: 1, frames: 300, heads: 1, size: 16 },
];
type Shape = (typeof shapes)[number];

function run({ batch, frames, heads, size }: Shape, cast: <T extends tf.Tensor>(x: T) => T) {
  const width = 3 * heads * size;
  const x = tf.randomNormal<tf.Rank.R3>([batch, frames, width], 0, 2, "float32", 1);
  const weights = tf.randomNormal([batch, frames, width / 3], 0, 1, "float32", 2);
  const drawn = tf.randomUniform<tf.Rank.R2>([batch, frames], 0, 1, "float32", 3);
  const mask = tf.cast(tf.greater(drawn, 0.3), "float32") as tf.Tensor2D;
  const attend = (given: tf.Tensor) =>
    selfAttention(cast(given as tf.Tensor3D), heads, mask, 1 / Math.sqrt(size));
  const { value, grad } = tf.valueAndGrad((given: tf.Tensor) =>
    tf.sum(tf.mul(toFloat(attend(given)), weights)),
  )(x);
  return { y: toFloat(attend(x)), value, grad };
}

const asItIs = <T extends tf.Tensor>(x: T): T => x;
const largest = (x: tf.Tensor): number => tf.max(tf.abs(x)).dataSync()[0]!;

describe("attention by the addon", () => {
  beforeAll(() => usePath("raw"));
  const addon = () => require(nativeKernels.path) as { useInstructions(name: string): boolean };
  afterEach(() => void (hasNativeKernel("AffectlabAttention") && addon().useInstructions("")));

  it.each(["avx512", "avx2", "plain"])("gives TensorFlow's numbers with %s, the same every time", (set) => {
    if (deviceName() !== "CPU" || !addon().useInstructions(set)) return; // this processor has them not
    for (const shape of shapes) {
      const native = run(shape, asItIs);
      const expected = withoutNativeKernels(() => run(shape, asItIs));
      expect(distance(native.y, expected.y)).toBeLessThan(1e-5 * largest(expected.y));
      expect(distance(native.grad, expected.grad)).toBeLessThan(2e-5 * largest(expected.grad));
      const again = run(shape, asItIs);
      expect([...again.grad.dataSync()]).toEqual([...native.grad.dataSync()]);
    }
  });

  it.each(["avx512", "plain"])("in bf16 is float32's result and gradient, rounded, with %s", (set) => {
    if (deviceName() !== "CPU" || !addon().useInstructions(set)) return;
    const rounded = <T extends tf.Tensor>(x: T): T => toFloat(toHalf(x));
    for (const shape of shapes) {
      const half = run(shape, toHalf);
      const expected = run(shape, rounded); // the same input in float32
      expect(distance(half.y, expected.y)).toBeLessThan(2 ** -8 * largest(expected.y));
      expect(distance(half.grad, expected.grad)).toBeLessThan(2 ** -6 * largest(expected.grad));
    }
    expect(isHalf(selfAttention(toHalf(tf.ones([1, 2, 48])), 1, null))).toBe(true);
  });
});
