import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { bidirectionalLstm } from "../../../src/kernels/lstm.js";
import { BidirectionalLstm } from "../../../src/models/layers.js";
import { distance, paths, usePath } from "../../kernels/backends.js";

const shapes: tf.Shape[] = [
  [null, 4, 3],
  [null, 4],
];

describe.each(paths)("the bidirectional LSTM as a layer on the %s path", (path) => {
  beforeAll(() => usePath(path));

  it("is the kernel with the layer's weights, in Keras's order", () => {
    const layer = new BidirectionalLstm({ units: 16, seed: 1 });
    const x = tf.randomNormal<tf.Rank.R3>([2, 4, 3], 0, 1, "float32", 1);
    const mask = tf.tensor2d([
      [0, 1, 1, 0],
      [1, 1, 1, 1],
    ]);
    const y = layer.apply([x, mask]) as tf.Tensor;
    const names = layer.weights.map(({ originalName }) => originalName.split("/").at(-1));
    expect(names).toEqual(
      ["forward", "backward"].flatMap((d) => [`${d}_kernel`, `${d}_recurrent_kernel`, `${d}_bias`]),
    );
    const [fk, fr, fb, bk, br, bb] = layer.getWeights() as [
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor1D,
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor1D,
    ];
    const expected = bidirectionalLstm(
      x,
      mask,
      { kernel: fk, recurrentKernel: fr, bias: fb },
      { kernel: bk, recurrentKernel: br, bias: bb },
    );
    expect(distance(y, expected)).toBe(0);
  });

  it("starts every matrix from numbers of its own, and forget gates from a bias of 1", () => {
    const layer = new BidirectionalLstm({ units: 8, seed: 4 });
    layer.build(shapes);
    const weights = layer.getWeights();
    const matrices = weights.filter((weight) => weight.rank === 2).map((weight) => [...weight.dataSync()]);
    expect(matrices.length).toBe(4);
    expect(new Set(matrices.map((numbers) => numbers.slice(0, 8).join())).size).toBe(4);
    for (const bias of weights.filter((weight) => weight.rank === 1)) {
      expect([...bias.dataSync()]).toEqual([0, 1, 0, 0].flatMap((value) => new Array<number>(8).fill(value)));
    }
  });
});

describe("the bidirectional LSTM's shapes", () => {
  it("are checked, and options kept when stored", () => {
    const layer = new BidirectionalLstm({ units: 16, seed: 4 });
    expect(layer.computeOutputShape(shapes)).toEqual([null, 4, 32]);
    expect(layer.getConfig()).toMatchObject({ units: 16, seed: 4 });
    expect(() => layer.build([null, 4, 3])).toThrow(
      /BidirectionalLstm: .* expected \[batch, frames, channels\] and/,
    );
    expect(() =>
      layer.build([
        [null, 4, 3],
        [null, 5],
      ]),
    ).toThrow(/\[,4,3\] and \[,5\]/);
    expect(() => new BidirectionalLstm({ units: 0 })).toThrow(/units is 0/);
  });
});
