import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { hasNativeKernel, withoutNativeKernels } from "../../src/core/native-kernels.js";
import { deviceName, loadTensorFlow, nativeKernels } from "../../src/core/tensorflow.js";
import { toHalf } from "../../src/kernels/half-precision.js";
import { attribute, runKernel } from "../../src/kernels/raw.js";
import { convolveByWinograd, hasWinograd } from "../../src/kernels/winograd-convolution.js";
import { distance, share, usePath } from "./backends.js";

type Shape = [number, number, number, number];
type Pad = "same" | "valid";

const random = (shape: Shape, seed: number): tf.Tensor4D =>
  tf.randomNormal<tf.Rank.R4>(shape, 0, 1, "float32", seed);

/** Value and gradients of a convolution. */
function sides(
  convolve: (x: tf.Tensor4D, kernel: tf.Tensor4D) => tf.Tensor,
  [x, kernel, dy]: readonly [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D],
): tf.Tensor[] {
  const both = (a: tf.Tensor, b: tf.Tensor) => convolve(a as tf.Tensor4D, b as tf.Tensor4D);
  return [both(x, kernel), ...tf.grads(both)([x, kernel], dy)];
}

loadTensorFlow();
const isThere = hasNativeKernel("AffectlabWinograd");

it("is for float32, 3 × 3, no stride, and channels and filters that fill a vector", async () => {
  await usePath("raw");
  for (const op of nativeKernels.winogradOps) expect(hasNativeKernel(op)).toBe(isThere);
  if (deviceName() === "GPU") expect(isThere).toBe(false);
  const [x, kernel] = [random([1, 4, 4, 16], 1), random([3, 3, 16, 16], 2)];
  expect(hasWinograd(x, kernel, [1, 1])).toBe(isThere);
  expect(hasWinograd(x, kernel, [2, 2])).toBe(false);
  expect(hasWinograd(x, random([5, 5, 16, 16], 2), [1, 1])).toBe(false);
  expect(hasWinograd(x, random([3, 3, 16, 8], 2), [1, 1])).toBe(false);
  expect(hasWinograd(random([1, 4, 4, 1], 1), random([3, 3, 1, 16], 2), [1, 1])).toBe(false);
  expect(hasWinograd(toHalf(x), toHalf(kernel), [1, 1])).toBe(false);
  expect(withoutNativeKernels(() => hasWinograd(x, kernel, [1, 1]))).toBe(false);
  expect(() => convolveByWinograd(x, random([3, 3, 16, 8], 2), "same")).toThrow(
    /convolveByWinograd: x and kernel are to be float32, the kernel 3 × 3/,
  );
});

describe.runIf(isThere)("a convolution of fewer products", () => {
  beforeAll(() => usePath("raw"));

  // One to six vectors of channels and of filters, the last of them whole and not, odd and even lines and columns, images
  // of a single tile and smaller than one, runs of tiles that end within a line, more clips than groups.
  it.each([
    { x: [2, 12, 16, 16], filters: 16, pad: "same" },
    { x: [3, 11, 9, 32], filters: 64, pad: "same" },
    { x: [2, 11, 9, 24], filters: 40, pad: "same" },
    { x: [2, 7, 8, 96], filters: 24, pad: "same" },
    { x: [2, 9, 8, 48], filters: 48, pad: "same" },
    { x: [2, 9, 8, 17], filters: 80, pad: "same" },
    { x: [11, 40, 64, 16], filters: 16, pad: "same" },
    { x: [2, 50, 33, 32], filters: 32, pad: "valid" },
    { x: [2, 6, 5, 16], filters: 32, pad: "valid" },
    { x: [1, 1, 1, 16], filters: 16, pad: "same" },
    { x: [1, 2, 3, 16], filters: 16, pad: "same" },
    { x: [9, 3, 3, 16], filters: 16, pad: "valid" },
  ] as const)("has TensorFlow's value and gradients up to rounding: $x, $filters filters, $pad", (given) => {
    const pad: Pad = given.pad;
    const x = random([...given.x], 1);
    const kernel = random([3, 3, given.x[3], given.filters], 2);
    const dy = random(tf.conv2d(x, kernel, 1, pad).shape, 3);
    const ours = sides((a, b) => convolveByWinograd(a, b, pad), [x, kernel, dy]);
    const theirs = sides((a, b) => tf.conv2d(a, b, 1, pad), [x, kernel, dy]);
    ours.forEach((tensor, i) => {
      expect(tensor.shape).toEqual(theirs[i]!.shape);
      expect(share(tensor, theirs[i]!)).toBeLessThan(2e-5);
    });
  });

  it("is as close to the exact sums as its few more roundings allow", () => {
    const [x, kernel] = [random([1, 8, 8, 64], 1), random([3, 3, 64, 16], 2)];
    const [ours, theirs] = [convolveByWinograd(x, kernel, "same"), tf.conv2d(x, kernel, 1, "same")].map((y) =>
      y.dataSync(),
    );
    const [pixels, weights] = [x.dataSync(), kernel.dataSync()];
    let [worst, usual] = [0, 0];
    for (let at = 0; at < 8 * 8 * 16; at++) {
      const [i, j, filter] = [Math.floor(at / 128), Math.floor(at / 16) % 8, at % 16];
      let exact = 0;
      for (let a = Math.max(0, 1 - i); a < Math.min(3, 9 - i); a++)
        for (let b = Math.max(0, 1 - j); b < Math.min(3, 9 - j); b++)
          for (let c = 0; c < 64; c++)
            exact +=
              pixels[((i + a - 1) * 8 + j + b - 1) * 64 + c]! *
              weights[((a * 3 + b) * 64 + c) * 16 + filter]!;
      worst = Math.max(worst, Math.abs(ours![at]! - exact));
      usual = Math.max(usual, Math.abs(theirs![at]! - exact));
    }
    expect(worst).toBeLessThan(1e-3);
    expect(worst).toBeLessThan(10 * usual);
  });

  it("has the same bits every time, whichever core takes which tiles", () => {
    const given = [
      random([19, 30, 31, 16], 1),
      random([3, 3, 16, 32], 2),
      random([19, 30, 31, 32], 3),
    ] as const;
    const first = sides((a, b) => convolveByWinograd(a, b, "same"), given);
    for (let i = 0; i < 3; i++)
      sides((a, b) => convolveByWinograd(a, b, "same"), given).forEach((tensor, k) => {
        expect(distance(tensor, first[k]!)).toBe(0);
      });
  });

  it("gives no gradient of the input where none is asked for", () => {
    const given = [random([2, 6, 5, 16], 3), random([2, 6, 5, 16], 1), random([3, 3, 16, 16], 2)];
    const before = attribute.integers("before", [1, 1]);
    const run = (needsInput: boolean) =>
      runKernel("AffectlabWinogradGrad", [before, attribute.bool("needs_input", needsInput)], given, 2);
    const [none, alone] = run(false);
    expect(none!.size).toBe(0);
    expect(distance(alone!, run(true)[1]!)).toBe(0);
  });

  it("names what does not fit", () => {
    const [x, kernel] = [random([1, 4, 4, 16], 1), random([3, 3, 16, 16], 2)];
    const run = (before: number[], output: number[], weights: tf.Tensor = kernel) =>
      runKernel(
        "AffectlabWinograd",
        [attribute.integers("before", before), attribute.integers("output", output)],
        [x, weights],
        1,
      );
    expect(() => run([3, 1], [4, 4])).toThrow(/padding and output do not fit/);
    expect(() => run([1, 1], [0, 4])).toThrow(/padding and output do not fit/);
    expect(() => run([1, 1], [4, 4], random([3, 3, 8, 16], 2))).toThrow(/kernel \[3, 3, channels, filters\]/);
    expect(() => convolveByWinograd(tf.zeros([0, 4, 4, 16]), kernel, "same")).toThrow(
      /convolveByWinograd: x/,
    );
  });
});
