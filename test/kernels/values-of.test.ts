import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { valuesOf } from "../../src/kernels/values-of.js";

beforeAll(() => void loadTensorFlow());

describe("valuesOf", () => {
  it("gives the numbers and frees every tensor of the way", () => {
    const x = tf.tensor1d([1, 2, 3]);
    const before = tf.memory().numTensors;
    expect(valuesOf(() => tf.add(tf.mul(x, 2), 1))).toEqual(Float32Array.from([3, 5, 7]));
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });

  it("hands on what `compute` throws", () => {
    const before = tf.memory().numTensors;
    const fail = (): tf.Tensor => {
      tf.ones([2]);
      throw new Error("no");
    };
    expect(() => valuesOf(fail)).toThrow("no");
    expect(tf.memory().numTensors).toBe(before);
  });
});
