import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { MaskedAttentivePooling } from "../../../src/models/layers.js";
import { distance, paths, usePath } from "../../kernels/backends.js";

const uniform = <R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number) =>
  tf.randomUniform<R>(shape, -1, 1, "float32", seed);

/** A pooling of `channels` channels whose scores are not the zeros it starts from. */
function pooling(channels: number, deviation: boolean) {
  const layer = new MaskedAttentivePooling({ deviation });
  layer.build([
    [null, 5, channels],
    [null, 5],
  ]);
  layer.setWeights([uniform([channels, 1], 1)]);
  return (x: tf.Tensor, mask: tf.Tensor) => layer.apply([x, mask]) as tf.Tensor2D;
}

describe.each(paths)("masked pooling on the %s path", (path) => {
  beforeAll(() => usePath(path));

  it("is mean, deviation and attention of the valid frames, written out in float64", () => {
    const x = uniform<tf.Rank.R3>([2, 4, 3], 2);
    const mask = [
      [0, 1, 1, 0],
      [1, 1, 1, 1],
    ];
    const layer = new MaskedAttentivePooling({ deviation: true });
    layer.apply([x, tf.tensor2d(mask)]);
    const score = [2, -1, 0.5];
    layer.setWeights([tf.tensor2d(score, [3, 1])]);
    const expected = x.arraySync().map((row, clip) => {
      const valid = row.filter((_, frame) => mask[clip]![frame] === 1);
      const powers = valid.map((frame) => Math.exp(frame.reduce((sum, v, k) => sum + v * score[k]!, 0)));
      const total = powers.reduce((a, b) => a + b);
      const over = (weight: (frame: number) => number, of: (v: number, k: number) => number) =>
        score.map((_, k) => valid.reduce((sum, frame, i) => sum + weight(i) * of(frame[k]!, k), 0));
      const mean = over(
        () => 1 / valid.length,
        (v) => v,
      );
      const variance = over(
        () => 1 / valid.length,
        (v, k) => (v - mean[k]!) ** 2,
      );
      const attended = over(
        (i) => powers[i]! / total,
        (v) => v,
      );
      return [...mean, ...variance.map((v) => Math.sqrt(v + 1e-5)), ...attended];
    });
    const y = layer.apply([x, tf.tensor2d(mask)]) as tf.Tensor2D;
    expect(distance(y, tf.tensor2d(expected))).toBeLessThan(1e-5);
  });

  it.each([false, true])("does not hear what stands in padding, deviation %s", (deviation) => {
    const pool = pooling(3, deviation);
    const x = uniform([2, 5, 3], 3);
    const mask = tf.tensor2d([
      [0, 1, 1, 1, 0],
      [1, 1, 0, 0, 0],
    ]);
    const noise = tf.mul(uniform([2, 5, 3], 4), tf.mul(tf.expandDims(tf.sub(1, mask), 2), 1e4));
    expect(distance(pool(tf.add(x, noise), mask), pool(x, mask))).toBe(0);
    expect(pool(x, mask).shape).toEqual([2, deviation ? 9 : 6]);
  });

  it("gives a padded clip the answer of the clip alone", () => {
    const pool = pooling(3, true);
    const x = uniform<tf.Rank.R3>([1, 5, 3], 5);
    const padded = tf.pad(x, [
      [0, 0],
      [3, 4],
      [0, 0],
    ]);
    const mask = tf.pad(tf.ones<tf.Rank.R2>([1, 5]), [
      [0, 0],
      [3, 4],
    ]);
    expect(distance(pool(padded, mask), pool(x, tf.ones([1, 5])))).toBeLessThan(1e-6);
  });

  it("gives finite numbers and gradients for a row that is all padding and for one valid frame", () => {
    const pool = pooling(3, true);
    const mask = tf.tensor2d([
      [0, 0, 0, 0, 0],
      [0, 0, 1, 0, 0],
    ]);
    const x = uniform([2, 5, 3], 6);
    const { value, grad } = tf.valueAndGrad((input: tf.Tensor) => tf.sum(tf.square(pool(input, mask))))(x);
    expect(Number.isFinite(value.dataSync()[0])).toBe(true);
    const gradient = grad.arraySync() as number[][][];
    expect(gradient.flat(2).every(Number.isFinite)).toBe(true);
    expect(gradient[0]!.flat().every((v) => v === 0)).toBe(true); // nothing to learn from padding
    expect(gradient[1]![2]!.every((v) => v !== 0)).toBe(true);
    const empty = pool(x, mask).arraySync()[0]!;
    expect(empty.filter((_, i) => i < 3 || i > 5)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("has the gradient of its formula: a step along it moves the loss by its length", () => {
    const pool = pooling(3, true);
    const mask = tf.tensor2d([[1, 0, 1, 1, 1]]);
    const weights = uniform([1, 9], 7);
    const loss = (input: tf.Tensor) => tf.sum(tf.mul(pool(input, mask), weights)) as tf.Scalar;
    const x = uniform([1, 5, 3], 8);
    const gradient = tf.grad(loss)(x);
    const step = 1e-2;
    const moved = tf
      .sub(loss(tf.add(x, tf.mul(gradient, step))), loss(tf.sub(x, tf.mul(gradient, step))))
      .dataSync()[0]!;
    const length = tf.sum(tf.square(gradient)).dataSync()[0]!;
    expect(moved / (2 * step * length)).toBeCloseTo(1, 2);
  });
});

describe("masked pooling's shapes", () => {
  it("are checked, and the option is kept when stored", () => {
    const layer = new MaskedAttentivePooling({ deviation: true });
    expect(
      layer.computeOutputShape([
        [null, 5, 4],
        [null, 5],
      ]),
    ).toEqual([null, 12]);
    expect(layer.getConfig()).toMatchObject({ deviation: true });
    expect(() =>
      layer.computeOutputShape([
        [null, 5, 4],
        [null, 6],
      ]),
    ).toThrow(/inputs are \[,5,4\] and \[,6\], expected/);
    expect(() => layer.build([null, 5, 4])).toThrow(/expected \[batch, frames, channels\] and/);
  });
});
