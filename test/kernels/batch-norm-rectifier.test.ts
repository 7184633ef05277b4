import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { normaliseAndRectifyBatch, normaliseBatch } from "../../src/kernels/batch-norm.js";
import { isHalf, toFloat, toHalf } from "../../src/kernels/half-precision.js";
import { relu } from "../../src/kernels/relu.js";
import { distance, paths, usePath } from "./backends.js";

type Normalise = typeof normaliseBatch;
const epsilon = 1e-3;
const apart: Normalise = (...given) => relu(normaliseBatch(...given));

const inputs = (shape: [number, number, number, number]) => ({
  x: tf.add(tf.mul(tf.randomNormal(shape, 0, 1, "float32", 1), 3), 2) as tf.Tensor4D,
  scale: tf.randomUniform([shape[3]], 0.5, 2, "float32", 2) as tf.Tensor1D,
  offset: tf.randomNormal([shape[3]], 0, 1, "float32", 3) as tf.Tensor1D,
  dy: tf.randomNormal(shape, 0, 1, "float32", 4) as tf.Tensor4D,
});

/** Value, statistics and all three gradients. */
function everything(normalise: Normalise, shape: [number, number, number, number]): tf.Tensor[] {
  const { x, scale, offset, dy } = inputs(shape);
  const told: tf.Tensor[] = [];
  const value = normalise(x, scale, offset, epsilon, (mean, variance) => {
    told.push(tf.keep(mean.clone()), tf.keep(variance.clone()));
  });
  const gradients = tf.grads((a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) =>
    normalise(a as tf.Tensor4D, b as tf.Tensor1D, c as tf.Tensor1D, epsilon, () => undefined),
  )([x, scale, offset], dy);
  return [value, ...told, ...gradients];
}

describe.each(paths)("normalisation with the rectifier on the %s path", (path) => {
  beforeAll(() => usePath(path));

  it.each([[[5, 4, 3, 6]], [[2, 9, 7, 16]], [[3, 1, 1, 33]]] as [[number, number, number, number]][])(
    "gives the numbers of one after the other, bit for bit, in value, statistics and gradients: [%s]",
    (shape) => {
      const [together, separately] = [everything(normaliseAndRectifyBatch, shape), everything(apart, shape)];
      expect(together.map((tensor, i) => distance(tensor, separately[i]!))).toEqual([0, 0, 0, 0, 0, 0]);
      expect(tf.min(together[0]!).dataSync()[0]).toBe(0);
    },
  );

  it("keeps no tensor once its gradient is taken", () => {
    const { x, scale, offset, dy } = inputs([2, 4, 4, 8]);
    const gradient = tf.grad((a: tf.Tensor) =>
      normaliseAndRectifyBatch(a as tf.Tensor4D, scale, offset, epsilon, () => undefined),
    );
    const { numTensors } = tf.memory();
    for (let i = 0; i < 20; i++) tf.tidy(() => void gradient(x, dy));
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it("refuses a scale that does not fit, and says so by name", () => {
    const { x, offset } = inputs([2, 3, 3, 4]);
    const normalise = () => normaliseAndRectifyBatch(x, tf.ones([3]), offset, epsilon, () => undefined);
    expect(normalise).toThrow(/scale is float32 \[3\], expected \[4\]/);
  });
});

it("computes in bf16 what it computes in float32, to bf16's three digits", async () => {
  await usePath("raw");
  const { x, scale, offset, dy } = inputs([8, 6, 6, 16]);
  const normalise = (a: tf.Tensor) =>
    normaliseAndRectifyBatch(a as tf.Tensor4D, scale, offset, epsilon, () => undefined);
  const inHalf = (a: tf.Tensor) => {
    const y = normalise(toHalf(a));
    expect(isHalf(y)).toBe(true);
    return toFloat(y);
  };
  expect(distance(inHalf(x), normalise(x))).toBeLessThan(0.05);
  const [half, single] = [tf.grad(inHalf)(x, dy), tf.grad(normalise)(x, dy)];
  const isPositive = (y: tf.Tensor) => tf.greater(y, 0);
  const agree = tf.equal(isPositive(inHalf(x)), isPositive(normalise(x))); // not those that are rounded across 0
  expect(tf.mean(tf.cast(agree, "float32")).dataSync()[0]).toBeGreaterThan(0.99);
  const furthest = distance(
    tf.mul(half, tf.cast(agree, "float32")),
    tf.mul(single, tf.cast(agree, "float32")),
  );
  expect(furthest).toBeLessThan(0.03 * tf.max(tf.abs(single)).dataSync()[0]!);
});
