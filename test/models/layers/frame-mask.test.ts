import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { FrameMask } from "../../../src/models/layers.js";
import { paths, usePath } from "../../kernels/backends.js";

const clip = [
  [0, 0],
  [0, 0],
  [0, -1e-30],
  [1, 2],
  [0, 0],
  [3, 0],
  [0, 0],
];
const masked = (x: tf.Tensor, stride?: number): number[][] =>
  (new FrameMask({ ...(stride === undefined ? {} : { stride }) }).apply(x) as tf.Tensor2D).arraySync();

describe.each(paths)("the frame mask on the %s path", (path) => {
  beforeAll(() => usePath(path));

  it("is 0 where every band is exactly 0 and 1 elsewhere, row by row", () => {
    expect(masked(tf.tensor3d([clip, clip.map(() => [0, 0])]))).toEqual([
      [0, 0, 1, 1, 0, 1, 0],
      [0, 0, 0, 0, 0, 0, 0],
    ]);
  });

  it("is the same for an image of one channel", () => {
    expect(masked(tf.expandDims(tf.tensor3d([clip]), 3))).toEqual([[0, 0, 1, 1, 0, 1, 0]]);
  });

  it.each([
    { stride: 2, mask: [0, 1, 1, 0] },
    { stride: 3, mask: [1, 1, 0] },
    { stride: 7, mask: [1] },
    { stride: 9, mask: [1] },
  ])("after a stride of $stride counts a frame that any valid frame belongs to", ({ stride, mask }) => {
    expect(masked(tf.tensor3d([clip]), stride)).toEqual([mask]);
  });

  it("has as many frames as it is asked for, the first ones", () => {
    const layer = new FrameMask({ stride: 2, frames: 3 });
    expect(layer.computeOutputShape([null, 7, 2])).toEqual([null, 3]);
    expect((layer.apply(tf.tensor3d([clip])) as tf.Tensor2D).arraySync()).toEqual([[0, 1, 1]]);
    expect(new FrameMask(layer.getConfig()).getConfig()).toEqual(layer.getConfig());
  });

  it("passes no gradient, and lets the input's other paths pass theirs", () => {
    const gradient = tf.grad((x: tf.Tensor) => {
      const mask = new FrameMask({ stride: 2 }).apply(x) as tf.Tensor;
      return tf.add(tf.sum(mask), tf.sum(tf.mul(x, 3)));
    })(tf.tensor3d([clip]));
    expect([...gradient.dataSync()]).toEqual(new Array(14).fill(3));
  });
});

describe("the frame mask's shape", () => {
  it("is known before any data, and kept when stored", () => {
    const layer = new FrameMask({ stride: 4 });
    expect(layer.computeOutputShape([null, 129, 64, 1])).toEqual([null, 33]);
    expect(layer.computeOutputShape([2, null, 64])).toEqual([2, null]);
    expect(layer.getConfig()).toMatchObject({ stride: 4 });
  });

  it("refuses another rank, an image of more channels and a stride that is none", () => {
    const layer = new FrameMask({});
    expect(() => layer.computeOutputShape([2, 5])).toThrow(/FrameMask: the input is \[2,5\], expected/);
    expect(() => layer.computeOutputShape([2, 5, 4, 3])).toThrow(/expected \[batch, frames, bands\]/);
    expect(() => new FrameMask({ stride: 0 })).toThrow(/stride is 0/);
    expect(() => new FrameMask({ stride: 1.5 })).toThrow(/stride is 1.5/);
  });
});
