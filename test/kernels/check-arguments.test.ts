import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { normaliseBatch, normaliseWithStatistics } from "../../src/kernels/batch-norm.js";
import {
  checkLength,
  checkLowestRank,
  checkNotEmpty,
  checkRank,
  checkShape,
  checkType,
} from "../../src/kernels/check-arguments.js";
import { softCrossEntropy } from "../../src/kernels/cross-entropy.js";
import { relu } from "../../src/kernels/relu.js";
import { paths, usePath } from "./backends.js";

describe.each(paths)("arguments on the %s path", (path) => {
  beforeAll(() => usePath(path));

  it("that fit are let through", () => {
    const x = tf.zeros([2, 3]);
    checkRank("kernel", "x", x, ["batch", "channels"]);
    checkLowestRank("kernel", "x", x, 2);
    checkType("kernel", "x", x);
    checkType("kernel", "x", tf.zeros([1], "int32"), "int32");
    checkLength("kernel", "x", x, 1, 3, "the channels");
    checkShape("kernel", "x", x, [2, 3], "y's shape");
    checkNotEmpty("kernel", "x", x);
  });

  it.each<[string, (x: tf.Tensor) => void, string]>([
    [
      "rank",
      (x) => checkRank("kernel", "x", x, ["batch", "frames", "channels"]),
      "kernel: x is float32 [2, 3], expected [batch, frames, channels]",
    ],
    [
      "lowest rank",
      (x) => checkLowestRank("kernel", "x", x, 3),
      "kernel: x is float32 [2, 3], expected at least 3 axes",
    ],
    ["type", (x) => checkType("kernel", "x", x, "int32"), "kernel: x is float32 [2, 3], expected int32"],
    [
      "length",
      (x) => checkLength("kernel", "x", x, 1, 4, "the channels of y"),
      "kernel: axis 1 of x, which is float32 [2, 3], has length 3, expected 4: the channels of y",
    ],
    [
      "shape",
      (x) => checkShape("kernel", "x", x, [2, 3, 1], "the shape of y"),
      "kernel: x is float32 [2, 3], expected [2, 3, 1]: the shape of y",
    ],
    [
      "emptiness",
      () => checkNotEmpty("kernel", "x", tf.zeros([0, 3])),
      "kernel: x is float32 [0, 3], which holds no number; expected at least one",
    ],
  ])("that do not fit are named: %s", (_, check, message) => {
    expect(() => check(tf.zeros([2, 3]))).toThrow(message);
  });

  describe("of batch normalisation", () => {
    const four = tf.zeros<tf.Rank.R1>([4]);
    const normalise = (x: tf.Tensor, scale: tf.Tensor = four, offset: tf.Tensor = four) =>
      normaliseBatch(x as tf.Tensor4D, scale as tf.Tensor1D, offset as tf.Tensor1D, 1e-3, () => undefined);

    it.each<[string, () => unknown, string]>([
      [
        "a wrong rank",
        () => normalise(tf.zeros([2, 3, 4])),
        "normaliseBatch: x is float32 [2, 3, 4], expected [batch, height, width, channels]",
      ],
      [
        "an empty batch",
        () => normalise(tf.zeros([0, 3, 3, 4])),
        "normaliseBatch: x is float32 [0, 3, 3, 4], which holds no number",
      ],
      [
        "whole numbers",
        () => normalise(tf.zeros([2, 3, 3, 4], "int32")),
        "normaliseBatch: x is int32 [2, 3, 3, 4], expected float32",
      ],
      [
        "a scale for other channels",
        () => normalise(tf.zeros([2, 3, 3, 4]), tf.zeros([3])),
        "normaliseBatch: scale is float32 [3], expected [4]: a number for each of x's channels",
      ],
      [
        "an offset for other channels",
        () => normalise(tf.zeros([2, 3, 3, 4]), four, tf.zeros([4, 1])),
        "normaliseBatch: offset is float32 [4, 1], expected [4]: a number for each of x's channels",
      ],
      [
        "statistics for other channels",
        () =>
          normaliseWithStatistics(tf.zeros([2, 3, 3, 4]), four, four, tf.zeros<tf.Rank.R1>([2]), four, 1e-3),
        "normaliseWithStatistics: mean is float32 [2], expected [4]: a number for each of x's channels",
      ],
    ])("refuse %s", (_, call, message) => {
      expect(call).toThrow(message);
    });
  });

  it("of the rectifier refuse whole numbers, which have no gradient", () => {
    expect(() => relu(tf.zeros([2], "int32"))).toThrow("relu: x is int32 [2], expected float32");
  });

  it("of the rectifier may be empty: there is nothing to average", () => {
    expect(relu(tf.zeros([0, 3])).shape).toEqual([0, 3]);
  });

  describe("of soft cross-entropy", () => {
    const loss = (logits: tf.Tensor, labels: tf.Tensor) =>
      softCrossEntropy(logits as tf.Tensor2D, labels as tf.Tensor2D);

    it.each<[string, () => unknown, string]>([
      [
        "a wrong rank",
        () => loss(tf.zeros([8]), tf.zeros([8])),
        "softCrossEntropy: logits is float32 [8], expected [batch, classes]",
      ],
      [
        "an empty batch",
        () => loss(tf.zeros([0, 8]), tf.zeros([0, 8])),
        "softCrossEntropy: logits is float32 [0, 8], which holds no number",
      ],
      [
        "labels of other classes",
        () => loss(tf.zeros([2, 8]), tf.zeros([2, 7])),
        "softCrossEntropy: labels is float32 [2, 7], expected [2, 8]: the shape of logits",
      ],
      [
        "labels that are indices",
        () => loss(tf.zeros([2, 8]), tf.zeros([2, 8], "int32")),
        "softCrossEntropy: labels is int32 [2, 8], expected float32",
      ],
    ])("refuse %s", (_, call, message) => {
      expect(call).toThrow(message);
    });
  });
});
