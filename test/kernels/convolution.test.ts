import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { convolveData, convolvePoints } from "../../src/kernels/convolution.js";
import { distance, paths, usePath } from "./backends.js";

const random = (shape: [number, number, number, number], seed: number) =>
  tf.randomNormal<tf.Rank.R4>(shape, 0, 1, "float32", seed);

describe.each(paths)("convolutions on the %s path", (path) => {
  beforeAll(() => usePath(path));

  it.each([
    { size: 3, strides: [1, 1], pad: "same" },
    { size: 5, strides: [2, 2], pad: "same" },
    { size: 3, strides: [2, 1], pad: "valid" },
  ] as const)(
    "of data give tfjs' numbers and its gradient for the kernel: $size, $strides, $pad",
    (given) => {
      const [x, kernel] = [random([3, 11, 9, 2], 1), random([given.size, given.size, 2, 16], 2)];
      const strides: [number, number] = [...given.strides];
      const ours = (weights: tf.Tensor) => convolveData(x, weights as tf.Tensor4D, strides, given.pad);
      const stock = (weights: tf.Tensor) => tf.conv2d(x, weights as tf.Tensor4D, strides, given.pad);
      const dy = random(stock(kernel).shape as [number, number, number, number], 3);
      expect(distance(ours(kernel), stock(kernel))).toBe(0);
      expect(distance(tf.grad(ours)(kernel, dy), tf.grad(stock)(kernel, dy))).toBe(0);
    },
  );

  it("of data hand no gradient on", () => {
    const [x, kernel] = [random([2, 4, 4, 1], 1), random([3, 3, 1, 8], 2)];
    const toData = tf.grad((data) => convolveData(data as tf.Tensor4D, kernel, [1, 1], "same"));
    expect(() => toData(x)).toThrow(/Cannot compute gradient/);
  });

  it("of single points give tfjs' numbers and both gradients, up to rounding", () => {
    const [x, kernel, dy] = [random([3, 7, 5, 24], 1), random([1, 1, 24, 40], 2), random([3, 7, 5, 40], 3)];
    const stock = (a: tf.Tensor, b: tf.Tensor) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, "same");
    const ours = (a: tf.Tensor, b: tf.Tensor) => convolvePoints(a as tf.Tensor4D, b as tf.Tensor4D);
    const sides = [ours, stock].map((side) => [side(x, kernel), ...tf.grads(side)([x, kernel], dy)]);
    // Sums of at most 105 products of numbers of size 1: 2⁻²⁴ × 105 for each of two orders of adding, with a margin of 2.
    sides[0]!.forEach((tensor, i) => {
      expect(distance(tensor, sides[1]![i]!)).toBeLessThan(2.5e-5);
    });
  });

  it("keep no tensor once their gradients are taken", () => {
    const [x, kernel, dy] = [random([2, 3, 3, 8], 1), random([1, 1, 8, 8], 2), random([2, 3, 3, 8], 3)];
    const points = tf.grads((a, b) => convolvePoints(a as tf.Tensor4D, b as tf.Tensor4D));
    const data = tf.grad((weights) => convolveData(x, weights as tf.Tensor4D, [1, 1], "same"));
    const { numTensors } = tf.memory();
    for (let i = 0; i < 5; i++) tf.tidy(() => void [points([x, kernel], dy), data(kernel, dy)]);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it("refuse what does not fit, and say so by name", () => {
    const x = random([2, 3, 3, 8], 1);
    expect(() => convolvePoints(x, random([3, 3, 8, 8], 2))).toThrow(
      /convolvePoints: kernel is .*\[1, 1, 8, 8\]/,
    );
    expect(() => convolvePoints(x, random([1, 1, 4, 8], 2))).toThrow(/convolvePoints: axis 3 of x/);
    expect(() => convolveData(tf.zeros([0, 3, 3, 8]), random([3, 3, 8, 8], 2), [1, 1], "same")).toThrow(
      /holds no number/,
    );
  });
});
