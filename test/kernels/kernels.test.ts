import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { normaliseBatch, normaliseWithStatistics } from "../../src/kernels/batch-norm.js";
import { softCrossEntropy } from "../../src/kernels/cross-entropy.js";
import { relu } from "../../src/kernels/relu.js";
import { distance, paths, usePath } from "./backends.js";

const epsilon = 1e-3;

/** Batch normalisation written out (Ioffe and Szegedy 2015, algorithm 1). */
function writtenOut(x: tf.Tensor4D, scale: tf.Tensor1D, offset: tf.Tensor1D): tf.Tensor4D {
  const mean = tf.mean(x, [0, 1, 2], true);
  const variance = tf.mean(tf.square(tf.sub(x, mean)), [0, 1, 2], true);
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon))), scale), offset);
}

describe.each(paths)("on the %s path", (path) => {
  beforeAll(() => usePath(path));

  describe("batch normalisation", () => {
    const inputs = () => ({
      x: tf.add(tf.mul(tf.randomNormal<tf.Rank.R4>([5, 4, 3, 6], 0, 1, "float32", 1), 3), 2) as tf.Tensor4D,
      scale: tf.randomUniform<tf.Rank.R1>([6], 0.5, 2, "float32", 2),
      offset: tf.randomNormal<tf.Rank.R1>([6], 0, 1, "float32", 3),
      weights: tf.randomNormal<tf.Rank.R4>([5, 4, 3, 6], 0, 1, "float32", 4),
    });

    it("equals the formula, forward and in all three gradients", () => {
      const { x, scale, offset, weights } = inputs();
      const loss = (normalise: typeof writtenOut) =>
        tf.valueAndGrads((a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) =>
          tf.sum(tf.mul(weights, normalise(a as tf.Tensor4D, b as tf.Tensor1D, c as tf.Tensor1D))),
        )([x, scale, offset]);
      const ours = loss((a, b, c) => normaliseBatch(a, b, c, epsilon, () => undefined));
      const formula = loss(writtenOut);
      expect(distance(ours.value, formula.value)).toBeLessThan(1e-4);
      ours.grads.forEach((grad, i) => {
        expect(distance(grad, formula.grads[i]!)).toBeLessThan(1e-4);
      });
      expect(
        distance(
          normaliseBatch(x, scale, offset, epsilon, () => undefined),
          writtenOut(x, scale, offset),
        ),
      ).toBeLessThan(1e-5);
    });

    it("tells the batch's mean and its variance without Bessel's correction", () => {
      const { x, scale, offset } = inputs();
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      let told = 0;
      normaliseBatch(x, scale, offset, epsilon, (m, v) => {
        told++;
        expect(distance(m, mean)).toBeLessThan(1e-5);
        expect(distance(v, variance)).toBeLessThan(1e-4);
      });
      expect(told).toBe(1);
    });

    it("stays finite on a channel that does not vary", () => {
      const x = tf.fill<tf.Rank.R4>([2, 2, 2, 1], 3);
      const y = normaliseBatch(x, tf.ones([1]), tf.tensor1d([0.5]), epsilon, () => undefined);
      expect([...y.dataSync()]).toEqual(new Array(8).fill(0.5));
    });

    it("with given statistics uses those and not the batch's", () => {
      const x = tf.tensor4d([1, 5], [2, 1, 1, 1]);
      const one = (value: number) => tf.tensor1d([value]);
      const y = normaliseWithStatistics(x, one(2), one(1), one(3), one(4), 0);
      expect([...y.dataSync()]).toEqual([-1, 3]);
    });
  });

  describe("the rectifier", () => {
    it("is max(x, 0), and its gradient is 0 at and below 0", () => {
      const x = tf.tensor1d([-2, -1e-30, 0, 1e-30, 3]);
      const { value, grad } = tf.valueAndGrad((input: tf.Tensor) =>
        tf.sum(tf.mul(relu(input), [1, 2, 3, 4, 5])),
      )(x);
      expect([...relu(x).dataSync()]).toEqual([0, 0, 0, Math.fround(1e-30), 3]);
      expect(value.dataSync()[0]).toBeCloseTo(15, 5);
      expect([...grad.dataSync()]).toEqual([0, 0, 0, 4, 5]);
    });

    it("keeps any shape", () => {
      expect(relu(tf.zeros([2, 3, 4, 5])).shape).toEqual([2, 3, 4, 5]);
    });
  });

  describe("soft cross-entropy", () => {
    const logits = [
      [2, -1, 0.5],
      [0, 0, 0],
      [-30, 40, 10],
      [1, 2, 3],
    ];
    // Rows that sum to 1 (one-hot, smoothed, mixed) and rows that carry a class weight.
    const labels = [
      [1, 0, 0],
      [0.05, 0.9, 0.05],
      [0.6, 0.4, 0],
      [0.25, 0.5, 1.75],
    ];
    /** -mean over rows of Σ label × log softmax, in float64. */
    const softmax = (row: number[]): number[] => {
      const top = Math.max(...row);
      const powers = row.map((value) => Math.exp(value - top));
      const sum = powers.reduce((a, b) => a + b);
      return powers.map((power) => power / sum);
    };
    const logSoftmax = (row: number[]): number[] => {
      const top = Math.max(...row);
      const sum = row.reduce((a, value) => a + Math.exp(value - top), 0);
      return row.map((value) => value - top - Math.log(sum));
    };

    it("equals the formula in float64, rows with class weights included", () => {
      const expected =
        -logits
          .flatMap((row, i) => logSoftmax(row).map((value, k) => value * labels[i]![k]!))
          .reduce((a, b) => a + b) / 4;
      const value = softCrossEntropy(tf.tensor2d(logits), tf.tensor2d(labels));
      expect(value.shape).toEqual([]);
      expect(value.dataSync()[0]).toBeCloseTo(expected, 4);
    });

    it("has the gradient weight × (softmax - distribution) / batch", () => {
      const target = tf.tensor2d(labels);
      const gradient = tf.grad((input: tf.Tensor) =>
        tf.mul(softCrossEntropy(input as tf.Tensor2D, target), 3),
      )(tf.tensor2d(logits));
      const expected = logits.flatMap((row, i) => {
        const weight = labels[i]!.reduce((a, b) => a + b);
        return softmax(row).map((p, k) => (3 * (weight * p - labels[i]![k]!)) / 4);
      });
      [...gradient.dataSync()].forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 5);
      });
    });
  });

  it("50 steps leave no tensor behind", () => {
    const x = tf.randomNormal<tf.Rank.R4>([2, 3, 3, 4], 0, 1, "float32", 1);
    const labels = tf.softmax(tf.randomNormal<tf.Rank.R2>([2, 4], 0, 1, "float32", 2));
    const scale = tf.variable(tf.ones<tf.Rank.R1>([4]));
    const offset = tf.variable(tf.zeros<tf.Rank.R1>([4]));
    const step = () =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => {
          const y = relu(
            normaliseBatch(x, scale as tf.Tensor1D, offset as tf.Tensor1D, epsilon, () => undefined),
          );
          return softCrossEntropy(tf.mean(y, [1, 2]) as tf.Tensor2D, labels as tf.Tensor2D);
        });
        for (const variable of [scale, offset]) {
          variable.assign(tf.sub(variable, tf.mul(grads[variable.name]!, 0.1)));
        }
        return value.dataSync()[0]!;
      });
    const first = step();
    const before = tf.memory().numTensors;
    let last = first;
    for (let i = 0; i < 50; i++) last = step();
    expect(tf.memory().numTensors).toBe(before);
    expect(last).toBeLessThan(first);
    tf.dispose([x, labels, scale, offset]);
  });
});
