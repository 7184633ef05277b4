import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { toFloat, toHalf } from "../../src/kernels/half-precision.js";
import { maxPool } from "../../src/kernels/max-pool.js";
import { hasOneDnnKernels } from "../../src/kernels/raw.js";
import { distance, paths, usePath } from "./backends.js";

const normal = (shape: number[], seed: number) =>
  tf.randomNormal(shape as [number, number, number, number], 0, 1, "float32", seed) as tf.Tensor4D;

/** Max pooling and its gradient for `dy`, one number after the other: what is largest in its window takes dy. */
function oneByOne(x: tf.Tensor4D, size: number, dy: tf.Tensor4D): { y: number[]; dx: number[] } {
  const [batch, height, width, channels] = x.shape;
  const [, rows, columns] = dy.shape;
  const values = x.dataSync();
  const gradients = dy.dataSync();
  // TensorFlow's "same": what does not fit is divided over both ends, the odd one at the far end.
  const before = (length: number, windows: number): number =>
    Math.floor(Math.max((windows - 1) * 2 + size - length, 0) / 2);
  const y: number[] = [];
  const dx = new Array<number>(x.size).fill(0);
  const at = (b: number, i: number, j: number, c: number): number =>
    ((b * height + i) * width + j) * channels + c;
  for (let b = 0; b < batch; b++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        for (let c = 0; c < channels; c++) {
          const [top, left] = [row * 2 - before(height, rows), column * 2 - before(width, columns)];
          let largest = -1;
          for (let i = Math.max(top, 0); i < Math.min(top + size, height); i++)
            for (let j = Math.max(left, 0); j < Math.min(left + size, width); j++)
              if (largest < 0 || values[at(b, i, j, c)]! > values[largest]!) largest = at(b, i, j, c);
          dx[largest]! += gradients[y.length]!;
          y.push(values[largest]!);
        }
  return { y, dx };
}

it("takes oneDNN's kernels under TensorFlow on a processor, and plain tfjs elsewhere", async () => {
  await usePath("raw");
  expect(hasOneDnnKernels()).toBe(process.arch === "x64");
  await usePath("portable");
  expect(hasOneDnnKernels()).toBe(false);
});

describe.each(paths)("max pooling on the %s path", (path) => {
  beforeAll(() => usePath(path));

  it.each([
    { shape: [2, 8, 6, 16], size: 2 },
    { shape: [3, 7, 5, 3], size: 2 },
    { shape: [2, 8, 6, 16], size: 3 },
    { shape: [1, 9, 5, 20], size: 3 },
    { shape: [2, 1, 1, 4], size: 2 },
    { shape: [2, 4, 4, 4], size: 1 },
  ])("gives the largest of each window, and it alone the gradient: %j", ({ shape, size }) => {
    const x = normal(shape, 1);
    const dy = normal([shape[0]!, Math.ceil(shape[1]! / 2), Math.ceil(shape[2]! / 2), shape[3]!], 2);
    const expected = oneByOne(x, size, dy);
    expect([...maxPool(x, size).dataSync()]).toEqual(expected.y);
    const dx = tf.grad((a) => maxPool(a as tf.Tensor4D, size))(x, dy);
    expect(distance(dx, tf.tensor(expected.dx, x.shape))).toBeLessThan(1e-6);
  });

  it("keeps no tensor once its gradient is taken", () => {
    const gradient = tf.grad((a) => maxPool(a as tf.Tensor4D, 2));
    const [x, dy] = [normal([2, 4, 4, 8], 3), normal([2, 2, 2, 8], 4)];
    const { numTensors } = tf.memory();
    for (let i = 0; i < 20; i++) tf.tidy(() => void gradient(x, dy));
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it("refuses another rank, another type and an empty batch, and says which argument it is", () => {
    expect(() => maxPool(tf.zeros([4, 4, 4]) as unknown as tf.Tensor4D, 2)).toThrow(
      /maxPool: x is float32 \[4, 4, 4\], expected \[batch, height, width, channels\]/,
    );
    expect(() => maxPool(tf.zeros([1, 4, 4, 4], "int32"), 2)).toThrow(/x is int32.*expected float32/);
    expect(() => maxPool(tf.zeros([0, 4, 4, 4]), 2)).toThrow(/x is float32 \[0, 4, 4, 4\].*at least one/);
  });
});

it("pools in bf16 as in float32, and so does its gradient", async () => {
  await usePath("raw");
  const half = (x: tf.Tensor4D) => toFloat(toHalf(x)); // numbers that bf16 has
  const [x, dy] = [half(normal([2, 6, 6, 32], 5)), half(normal([2, 3, 3, 32], 6))];
  const inHalf = (a: tf.Tensor) => toFloat(maxPool(toHalf(a as tf.Tensor4D), 2));
  expect(distance(inHalf(x), maxPool(x, 2))).toBe(0);
  const gradient = tf.grad(inHalf)(x, dy);
  expect(distance(gradient, tf.grad((a) => maxPool(a as tf.Tensor4D, 2))(x, dy))).toBe(0);
});
