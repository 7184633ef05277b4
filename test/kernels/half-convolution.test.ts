import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { hasNativeKernel, withoutNativeKernels } from "../../src/core/native-kernels.js";
import { deviceName, loadTensorFlow, nativeKernels } from "../../src/core/tensorflow.js";
import { convolveInHalf, hasHalfConvolution } from "../../src/kernels/half-convolution.js";
import { isHalf, toFloat, toHalf } from "../../src/kernels/half-precision.js";
import { attribute, runKernel } from "../../src/kernels/raw.js";
import { distance, share, usePath } from "./backends.js";

type Shape = [number, number, number, number];
type Way = [[number, number], "same" | "valid"];
const same: Way = [[1, 1], "same"];

/** Numbers that bf16 holds exactly, as float32. */
const random = (shape: Shape, seed: number): tf.Tensor4D =>
  tf.tidy(() => toFloat(toHalf(tf.randomNormal<tf.Rank.R4>(shape, 0, 1, "float32", seed))));

/** Value and gradients, read back as float32, of a convolution of numbers that bf16 holds. */
function inHalf(x: tf.Tensor4D, kernel: tf.Tensor4D, dy: tf.Tensor4D, [strides, pad]: Way): tf.Tensor[] {
  const convolve = (a: tf.Tensor, b: tf.Tensor) =>
    toFloat(convolveInHalf(toHalf(a as tf.Tensor4D), toHalf(b as tf.Tensor4D), strides, pad));
  return [convolve(x, kernel), ...tf.grads(convolve)([x, kernel], dy)];
}

function inFloat(x: tf.Tensor4D, kernel: tf.Tensor4D, dy: tf.Tensor4D, [strides, pad]: Way): tf.Tensor[] {
  const convolve = (a: tf.Tensor, b: tf.Tensor) =>
    tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad);
  return [convolve(x, kernel), ...tf.grads(convolve)([x, kernel], dy)];
}

/** How many of the numbers are not those of `b` rounded to bf16, of all. */
function misrounded(a: tf.Tensor, b: tf.Tensor): number {
  return tf.tidy(() => tf.mean(tf.cast(tf.notEqual(a, toFloat(toHalf(b))), "float32")).dataSync()[0]!);
}

// bf16 keeps 8 bits of a result; float32 sums in another order end on the other side of a tie once in some thousand.
const unit = 2 ** -8 * 1.01;

loadTensorFlow();
const hasTiles = hasNativeKernel("AffectlabHalfConvolution");

it("is there on a processor with matrix tiles, for bf16 and no other type", async () => {
  await usePath("raw");
  for (const op of nativeKernels.tileOps) expect(hasNativeKernel(op)).toBe(hasTiles);
  if (deviceName() === "GPU") expect(hasTiles).toBe(false);
  const [x, kernel] = [random([1, 4, 4, 2], 1), random([3, 3, 2, 4], 2)];
  expect(hasHalfConvolution(x, kernel)).toBe(false);
  expect(hasHalfConvolution(toHalf(x), toHalf(kernel))).toBe(hasTiles);
  expect(withoutNativeKernels(() => hasHalfConvolution(toHalf(x), toHalf(kernel)))).toBe(false);
  expect(() => convolveInHalf(x, kernel, ...same)).toThrow(/convolveInHalf: x and kernel are to be bf16/);
});

describe.runIf(hasTiles)("a convolution by matrix tiles", () => {
  beforeAll(() => usePath("raw"));

  // Channels and filters that fill tiles and that do not, one channel, kernels of every parity, more clips than groups,
  // lines for more than one strip, images smaller than a tile and than the kernel.
  it.each([
    { x: [2, 12, 16, 16], kernel: [3, 3, 16, 16], strides: [1, 1], pad: "same" },
    { x: [3, 11, 9, 32], kernel: [3, 3, 32, 64], strides: [1, 1], pad: "same" },
    { x: [2, 11, 9, 24], kernel: [3, 3, 24, 40], strides: [1, 1], pad: "same" },
    { x: [2, 7, 8, 96], kernel: [3, 3, 96, 24], strides: [1, 1], pad: "same" },
    { x: [2, 20, 24, 1], kernel: [5, 5, 1, 16], strides: [1, 1], pad: "same" },
    { x: [2, 20, 24, 1], kernel: [7, 7, 1, 32], strides: [1, 1], pad: "same" },
    { x: [2, 9, 8, 152], kernel: [1, 1, 152, 96], strides: [1, 1], pad: "same" },
    { x: [11, 188, 64, 16], kernel: [3, 3, 16, 16], strides: [1, 1], pad: "same" },
    { x: [2, 100, 65, 48], kernel: [3, 3, 48, 48], strides: [1, 1], pad: "same" },
    { x: [1, 3, 3, 6], kernel: [3, 3, 6, 5], strides: [1, 1], pad: "same" },
    { x: [2, 2, 2, 8], kernel: [5, 4, 8, 8], strides: [1, 1], pad: "same" },
    { x: [2, 5, 5, 3], kernel: [2, 2, 3, 20], strides: [1, 1], pad: "same" },
    { x: [9, 30, 50, 16], kernel: [1, 16, 16, 32], strides: [1, 1], pad: "valid" },
    { x: [2, 40, 10, 2], kernel: [5, 3, 2, 7], strides: [1, 1], pad: "valid" },
    { x: [9, 188, 64, 16], kernel: [3, 3, 16, 32], strides: [2, 2], pad: "same" },
    { x: [2, 11, 9, 24], kernel: [3, 3, 24, 40], strides: [2, 2], pad: "same" },
    { x: [2, 12, 9, 32], kernel: [1, 1, 32, 48], strides: [2, 2], pad: "same" },
    { x: [2, 21, 24, 1], kernel: [5, 5, 1, 16], strides: [2, 2], pad: "same" },
    { x: [2, 20, 23, 1], kernel: [7, 7, 1, 32], strides: [2, 2], pad: "same" },
    { x: [2, 14, 10, 8], kernel: [3, 4, 8, 16], strides: [1, 3], pad: "same" },
    { x: [2, 15, 11, 16], kernel: [2, 3, 16, 16], strides: [4, 2], pad: "valid" },
    { x: [2, 11, 30, 6], kernel: [3, 10, 6, 20], strides: [1, 5], pad: "valid" },
  ] as const)(
    "has float32's value and gradients, rounded where they are bf16: $x, $kernel, $strides, $pad",
    (given) => {
      const [x, kernel] = [random([...given.x], 1), random([...given.kernel], 2)];
      const dy = random(tf.conv2d(x, kernel, [...given.strides], given.pad).shape, 3);
      const [ours, exact] = [inHalf, inFloat].map((side) =>
        side(x, kernel, dy, [[...given.strides], given.pad]),
      ) as [tf.Tensor[], tf.Tensor[]];
      expect(share(ours[0]!, exact[0]!)).toBeLessThan(unit);
      expect(share(ours[1]!, exact[1]!)).toBeLessThan(unit);
      for (const i of [0, 1]) expect(misrounded(ours[i]!, exact[i]!)).toBeLessThan(0.01);
      expect(share(ours[2]!, exact[2]!)).toBeLessThan(5e-6); // never rounded
    },
  );

  it("gives data no gradient, and its kernel the same one", () => {
    const [x, kernel, dy] = [random([3, 9, 8, 2], 1), random([3, 3, 2, 16], 2), random([3, 9, 8, 16], 3)];
    const half = toHalf(x);
    const ofData = tf.grad((weights) =>
      toFloat(convolveInHalf(half, toHalf(weights as tf.Tensor4D), ...same, { isData: true })),
    );
    expect(distance(ofData(kernel, dy), inHalf(x, kernel, dy, same)[2]!)).toBe(0);
  });

  it("has the same bits every time, whichever core takes which clips", () => {
    const [x, kernel, dy] = [
      random([19, 60, 64, 16], 1),
      random([3, 3, 16, 32], 2),
      random([19, 60, 64, 32], 3),
    ];
    const first = inHalf(x, kernel, dy, same);
    for (let i = 0; i < 3; i++)
      inHalf(x, kernel, dy, same).forEach((tensor, k) => {
        expect(distance(tensor, first[k]!)).toBe(0);
      });
  });

  it("lets a clip's numbers touch no other clip's", () => {
    const [x, kernel] = [random([4, 6, 5, 8], 1), random([3, 3, 8, 8], 2)];
    const together = convolveInHalf(toHalf(x), toHalf(kernel), ...same);
    tf.unstack(x).forEach((clip, i) => {
      const alone = convolveInHalf(toHalf(tf.expandDims(clip) as tf.Tensor4D), toHalf(kernel), ...same);
      expect(distance(toFloat(alone), toFloat(tf.slice(together, i, 1)))).toBe(0);
    });
  });

  it("keeps the result bf16, and no tensor once gradients are taken", () => {
    const [x, kernel, dy] = [random([2, 6, 6, 8], 1), random([3, 3, 8, 8], 2), random([2, 6, 6, 8], 3)];
    expect(isHalf(convolveInHalf(toHalf(x), toHalf(kernel), ...same))).toBe(true);
    const { numTensors } = tf.memory();
    for (let i = 0; i < 5; i++) tf.tidy(() => void inHalf(x, kernel, dy, same));
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it("refuses what does not fit, by name", () => {
    const x = toHalf(random([2, 6, 20, 8], 1));
    expect(() => convolveInHalf(x, toHalf(random([3, 3, 4, 8], 2)), ...same)).toThrow(
      /convolveInHalf: axis 3 of x/,
    );
    expect(() => convolveInHalf(x, toHalf(random([1, 17, 8, 8], 2)), ...same)).toThrow(/at most 16 wide/);
    const call = (before: number[], output: number[]) =>
      runKernel(
        "AffectlabHalfConvolution",
        [
          attribute.type("T"),
          attribute.integers("strides", [1, 1]),
          attribute.integers("before", before),
          attribute.integers("output", output),
        ],
        [x, toHalf(random([3, 3, 8, 8], 2))],
        1,
      );
    expect(() => call([3, 1], [6, 20])).toThrow(/strides, padding and output do not fit/);
    expect(() => call([1, 1], [7, 20])).toThrow(/strides, padding and output do not fit/);
  });
});
