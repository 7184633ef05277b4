import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { groupedConvolution } from "../../src/kernels/grouped-convolution.js";
import { isHalf, toFloat, toHalf } from "../../src/kernels/half-precision.js";
import { distance, paths, usePath } from "./backends.js";

const normal = (shape: [number, number, number], seed: number) =>
  tf.randomNormal<tf.Rank.R3>(shape, 0, 1, "float32", seed);

/** The definition, number by number. */
function writtenOut(x: tf.Tensor3D, kernel: tf.Tensor3D, groups: number): tf.Tensor3D {
  const [batch, frames] = x.shape;
  const [size, inputs, filters] = kernel.shape;
  const [values, weights] = [x.arraySync(), kernel.arraySync()];
  const y = Array.from({ length: batch }, (_, clip) =>
    Array.from({ length: frames - size + 1 }, (_, frame) =>
      Array.from({ length: filters }, (_, filter) => {
        const first = Math.floor(filter / (filters / groups)) * inputs;
        let sum = 0;
        for (let place = 0; place < size; place++) {
          for (let i = 0; i < inputs; i++) {
            sum += values[clip]![frame + place]![first + i]! * weights[place]![i]![filter]!;
          }
        }
        return sum;
      }),
    ),
  );
  return tf.tensor3d(y);
}

describe.each(paths)("a grouped convolution on the %s path", (path) => {
  beforeAll(() => usePath(path));

  it.each([
    { channels: 6, filters: 6, groups: 3, size: 4 },
    { channels: 4, filters: 8, groups: 2, size: 1 },
    { channels: 4, filters: 4, groups: 4, size: 3 },
    { channels: 3, filters: 5, groups: 1, size: 2 },
    { channels: 64, filters: 64, groups: 4, size: 16 },
  ])("is its definition: %j", ({ channels, filters, groups, size }) => {
    const [x, kernel] = [normal([2, 20, channels], 1), normal([size, channels / groups, filters], 2)];
    const y = groupedConvolution(x, kernel, groups);
    expect(y.shape).toEqual([2, 20 - size + 1, filters]);
    expect(distance(y, writtenOut(x, kernel, groups))).toBeLessThan(1e-4);
  });

  it("has the gradients of its definition: a weight's is the sum of what it touched", () => {
    const [x, kernel] = [normal([2, 9, 6], 3), normal([3, 2, 6], 4)];
    const weights = normal([2, 7, 6], 5);
    const loss = (a: tf.Tensor, b: tf.Tensor) =>
      tf.sum(tf.mul(weights, groupedConvolution(a as tf.Tensor3D, b as tf.Tensor3D, 3)));
    const [ofX, ofKernel] = tf.grads(loss)([x, kernel]) as [tf.Tensor, tf.Tensor];
    // The loss is linear in each: a step along one number changes it by that number's gradient.
    const slope = (of: tf.Tensor3D, place: number, change: (moved: tf.Tensor) => tf.Tensor) => {
      const step = tf.reshape(tf.oneHot(tf.scalar(place, "int32"), of.size), of.shape);
      return tf.sub(change(tf.add(of, step)), loss(x, kernel)).dataSync()[0]!;
    };
    for (const place of [0, 17, 50, 107]) {
      expect(ofX.dataSync()[place]).toBeCloseTo(
        slope(x, place, (moved) => loss(moved, kernel)),
        3,
      );
    }
    for (const place of [0, 7, 20, 35]) {
      expect(ofKernel.dataSync()[place]).toBeCloseTo(
        slope(kernel, place, (moved) => loss(x, moved)),
        3,
      );
    }
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      "a rank",
      () => groupedConvolution(tf.zeros([2, 3]) as never, normal([1, 1, 1], 1), 1),
      /x is .*\[2, 3\]/,
    ],
    [
      "groups",
      () => groupedConvolution(normal([1, 5, 6], 1), normal([2, 2, 6], 1), 4),
      /6 channels.*4 groups/,
    ],
    [
      "a kernel",
      () => groupedConvolution(normal([1, 5, 6], 1), normal([2, 3, 6], 1), 3),
      /kernel is .*\[2, 2, 6\]/,
    ],
    ["frames", () => groupedConvolution(normal([1, 1, 6], 1), normal([2, 2, 6], 1), 3), /1 frames.*2/],
    ["a batch", () => groupedConvolution(tf.zeros([0, 5, 6]), normal([2, 2, 6], 1), 3), /holds no number/],
  ])("names %s that does not fit", (_, call, message) => {
    expect(call).toThrow(message);
  });
});

describe("a grouped convolution in bf16", () => {
  beforeAll(() => usePath("raw"));

  it.each([4, 8, 16, 32])(
    "is float32's within rounding, and so are its gradients: groups of %i channels",
    (inputs) => {
      const channels = 4 * inputs;
      const [x, kernel] = [normal([2, 40, channels], 6), normal([16, inputs, channels], 7)];
      const loss = (half: boolean) => (a: tf.Tensor, b: tf.Tensor) => {
        const cast = half ? toHalf : <T>(tensor: T) => tensor;
        const y = groupedConvolution(cast(a) as tf.Tensor3D, cast(b) as tf.Tensor3D, 4);
        expect(isHalf(y)).toBe(half);
        return tf.sum(tf.square(toFloat(y)));
      };
      const [single, half] = [tf.grads(loss(false))([x, kernel]), tf.grads(loss(true))([x, kernel])];
      single.forEach((gradient, i) => {
        const largest = tf.max(tf.abs(gradient)).dataSync()[0]!;
        expect(distance(half[i]!, gradient) / largest).toBeLessThan(0.03);
      });
    },
  );
});
