import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { ChannelDropout } from "../../../src/models/layers.js";
import { distance, paths, usePath } from "../../kernels/backends.js";

const rows = (y: tf.Tensor) => y.arraySync() as number[][][];

describe.each(paths)("dropout of channels on the %s path", (path) => {
  beforeAll(() => usePath(path));

  it("leaves everything as it is outside of training", () => {
    const x = tf.randomNormal([2, 3, 4], 0, 1, "float32", 1);
    const layer = new ChannelDropout({ rate: 0.9 });
    expect(distance(layer.apply(x) as tf.Tensor, x)).toBe(0);
    expect(distance(layer.apply(x, { training: false }) as tf.Tensor, x)).toBe(0);
    expect(layer.getWeights()[0]!.dataSync()[0]).toBe(0);
  });

  it("drops a channel in all frames of a clip or in none, others in other clips, and keeps the sum on average", () => {
    const layer = new ChannelDropout({ rate: 0.25, seed: 3 });
    const y = rows(layer.apply(tf.ones([40, 3, 100]), { training: true }) as tf.Tensor);
    for (const clip of y) {
      expect(clip[1]).toEqual(clip[0]);
      expect(clip[2]).toEqual(clip[0]);
      expect(clip[0]!.every((value) => value === 0 || Math.abs(value - 4 / 3) < 1e-6)).toBe(true);
    }
    expect(new Set(y.map((clip) => clip[0]!.join())).size).toBe(40);
    const mean = y.flat(2).reduce((a, b) => a + b) / (40 * 3 * 100);
    expect(Math.abs(mean - 1)).toBeLessThan(0.03); // three deviations: 3 × √(1/3 / 4000)
  });

  it("draws anew in each step, by its seed and the number of steps alone", () => {
    const dropped = (seed: number, steps: number): string => {
      const layer = new ChannelDropout({ rate: 0.5, seed });
      layer.apply(tf.ones([1, 64]));
      layer.setWeights([tf.tensor1d([steps])]);
      const y = layer.apply(tf.ones([1, 64]), { training: true }) as tf.Tensor;
      expect(layer.getWeights()[0]!.dataSync()[0]).toBe(steps + 1);
      return [...y.dataSync()].join();
    };
    expect(dropped(1, 7)).toBe(dropped(1, 7));
    expect(dropped(1, 8)).not.toBe(dropped(1, 7));
    expect(dropped(2, 7)).not.toBe(dropped(1, 7));
  });

  it("lets a gradient through where it lets a value through", () => {
    const layer = new ChannelDropout({ rate: 0.5, seed: 1 });
    const x = tf.ones([3, 8]);
    layer.apply(x);
    const y = layer.apply(x, { training: true }) as tf.Tensor;
    layer.setWeights([tf.zeros([1])]);
    const grad = tf.grad((input: tf.Tensor) => layer.apply(input, { training: true }) as tf.Tensor)(x);
    expect(distance(grad, y)).toBe(0);
  });
});

describe("dropout's rate", () => {
  it("is checked, and kept with the seed when stored", () => {
    expect(() => new ChannelDropout({ rate: 1 })).toThrow(/rate is 1, expected/);
    expect(new ChannelDropout({ rate: 0.3, seed: 4 }).getConfig()).toMatchObject({ rate: 0.3, seed: 4 });
    expect(new ChannelDropout({ rate: 0.3 }).trainableWeights).toEqual([]);
  });
});
