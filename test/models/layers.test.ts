import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { AttentivePooling, FusedBatchNorm, Rectifier } from "../../src/models/layers.js";
import { distance, paths, usePath } from "../kernels/backends.js";

const uniform = (shape: number[], seed: number) => tf.randomUniform(shape, -1, 1, "float32", seed);

describe.each(paths)("on the %s path", (path) => {
  beforeAll(() => usePath(path));

  describe("batch normalisation as a layer", () => {
    const build = (momentum: number) => {
      const layer = new FusedBatchNorm({ momentum, epsilon: 1e-3 });
      layer.apply(tf.zeros([1, 2, 2, 3])); // builds the weights
      return layer;
    };

    it("moves its statistics towards the batch's in training, by the momentum", () => {
      const layer = build(0.75);
      const x = tf.add(tf.mul(uniform([6, 2, 2, 3], 1), 2), 5) as tf.Tensor4D;
      layer.apply(x, { training: true });
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      const [, , movingMean, movingVariance] = layer.getWeights() as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      expect(distance(movingMean, tf.mul(mean, 0.25))).toBeLessThan(1e-5);
      expect(distance(movingVariance, tf.add(tf.mul(variance, 0.25), 0.75))).toBeLessThan(1e-5);
    });

    it("judges by its moving statistics, which then stay", () => {
      const layer = build(0.9);
      const weights = [
        [2, 2, 2],
        [1, 1, 1],
        [3, 3, 3],
        [4 - 1e-3, 4 - 1e-3, 4 - 1e-3],
      ].map((row) => tf.tensor1d(row));
      layer.setWeights(weights);
      const x = uniform([2, 2, 2, 3], 2);
      const y = layer.apply(x, { training: false }) as tf.Tensor;
      expect(distance(y, tf.add(tf.mul(tf.div(tf.sub(x, 3), 2), 2), 1))).toBeLessThan(1e-5);
      layer.getWeights().forEach((weight, i) => {
        expect(distance(weight, weights[i]!)).toBe(0);
      });
    });

    it("trains its scale and offset alone, and keeps its options when stored", () => {
      const layer = build(0.6);
      expect(layer.trainableWeights.map(({ originalName }) => originalName.split("/").at(-1))).toEqual([
        "gamma",
        "beta",
      ]);
      expect(layer.nonTrainableWeights.length).toBe(2);
      expect(layer.getConfig()).toMatchObject({ momentum: 0.6, epsilon: 1e-3 });
    });
  });

  describe("pooling by mean and attention", () => {
    it("gives the mean twice while its scores are zero, as they are at first", () => {
      const x = uniform([3, 5, 4], 3);
      const y = new AttentivePooling({}).apply(x) as tf.Tensor;
      expect(y.shape).toEqual([3, 8]);
      const mean = tf.mean(x, 1);
      expect(distance(y, tf.concat([mean, mean], 1))).toBeLessThan(1e-6);
    });

    it("attends with weights that sum to 1: a constant sequence pools to itself, whatever the scores", () => {
      const layer = new AttentivePooling({});
      layer.apply(tf.zeros([1, 5, 4]));
      layer.setWeights([tf.mul(uniform([4, 1], 4), 10) as tf.Tensor]);
      const frame = uniform([3, 1, 4], 5);
      const y = layer.apply(tf.tile(frame, [1, 5, 1])) as tf.Tensor;
      expect(distance(y, tf.tile(tf.reshape(frame, [3, 4]), [1, 2]))).toBeLessThan(1e-5);
    });

    it("does not mind the order of frames", () => {
      const layer = new AttentivePooling({});
      layer.apply(tf.zeros([1, 5, 4]));
      layer.setWeights([uniform([4, 1], 6)]);
      const x = uniform([2, 5, 4], 7);
      const y = layer.apply(x) as tf.Tensor;
      expect(distance(layer.apply(tf.reverse(x, 1)) as tf.Tensor, y)).toBeLessThan(1e-5);
    });

    it("leans to the frame with the largest score", () => {
      const layer = new AttentivePooling({});
      layer.apply(tf.zeros([1, 3, 2]));
      layer.setWeights([tf.tensor2d([50, 0], [2, 1])]);
      const y = layer.apply(
        tf.tensor3d([
          [
            [0, 1],
            [1, 2],
            [0, 9],
          ],
        ]),
      ) as tf.Tensor;
      expect(distance(y, tf.tensor2d([[1 / 3, 4, 1, 2]]))).toBeLessThan(1e-5);
    });
  });

  it("the rectifier as a layer keeps its input's shape", () => {
    const y = new Rectifier({}).apply(tf.tensor2d([[-1, 2]])) as tf.Tensor;
    expect([...y.dataSync()]).toEqual([0, 2]);
  });
});
