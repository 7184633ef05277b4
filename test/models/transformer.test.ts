import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { modelFromFiles, modelToFiles } from "../../src/models/artifacts.js";
import { buildTransformer } from "../../src/models/transformer.js";
import { distance } from "../kernels/backends.js";

beforeAll(() => void loadTensorFlow());
const small = { frames: 12, bands: 6, channels: 8, heads: 2, hiddenUnits: 12 };
const input = (frames = 12) => tf.randomNormal([3, frames, 6], 0, 1, "float32", 1);

describe("the transformer", () => {
  it("has 309,512 parameters, all learnt", () => {
    const model = buildTransformer();
    expect(model.countParams()).toBe(309_512);
    expect(model.nonTrainableWeights).toEqual([]);
  });

  it("takes [batch, frames, bands] and gives a logit for each class", () => {
    const model = buildTransformer({ ...small, classes: 5 });
    expect(model.inputs[0]!.shape).toEqual([null, 12, 6]);
    const logits = model.apply(input()) as tf.Tensor;
    expect(logits.shape).toEqual([3, 5]);
    const sums = tf.sum(logits, 1).dataSync();
    expect([...sums].every((sum) => Number.isFinite(sum) && Math.abs(sum - 1) > 1e-3)).toBe(true); // no softmax yet
  });

  it("neither attends to padding behind a clip nor pools it", () => {
    const model = buildTransformer({ ...small, frames: 20 });
    const clip = tf.pad(input(8), [
      [0, 0],
      [0, 12],
      [0, 0],
    ]);
    // The stem sees two frames to each side: noise that begins further away is only met by attention or pooling.
    const [x, mask] = ["norm", "mask"].map((name) => {
      const part = tf.model({
        inputs: model.inputs,
        outputs: model.getLayer(name).output as tf.SymbolicTensor,
      });
      return part.apply(clip) as tf.Tensor;
    });
    expect([...mask!.slice([0, 0], [1, 10]).dataSync()]).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
    const shorter = buildTransformer({ ...small, frames: 10 });
    shorter.setWeights(model.getWeights());
    const short = shorter.apply(tf.slice(clip, [0, 0, 0], [3, 10, 6])) as tf.Tensor;
    expect(distance(short, model.apply(clip) as tf.Tensor)).toBeLessThan(1e-5);
    expect(x!.shape).toEqual([3, 10, 8]);
  });

  it("hears the order of frames", () => {
    const model = buildTransformer(small);
    const x = input();
    const backwards = model.apply(tf.reverse(x, 1)) as tf.Tensor;
    expect(distance(model.apply(x) as tf.Tensor, backwards)).toBeGreaterThan(1e-3);
  });

  it("spreads a gradient to every weight", () => {
    const model = buildTransformer(small);
    const { grads } = tf.variableGrads(() =>
      tf.sum(tf.square(model.apply(input(), { training: true }) as tf.Tensor)).asScalar(),
    );
    const untouched = model.trainableWeights.filter((weight) => {
      const grad = grads[(weight as unknown as { val: tf.Variable }).val.name];
      return grad === undefined || tf.max(tf.abs(grad)).dataSync()[0] === 0;
    });
    expect(untouched.map((weight) => weight.name)).toEqual([]);
  });

  it("has the same files whatever was built before it, weights by seed, and is read again from them", async () => {
    const topology = () => JSON.stringify(buildTransformer(small).toJSON(null, false));
    expect(topology()).toBe(topology());
    const numbers = (seed: number) =>
      buildTransformer({ ...small, seed })
        .getWeights()
        .map((weight) => [...weight.dataSync()]);
    expect(numbers(1)).toEqual(numbers(1));
    expect(numbers(2)).not.toEqual(numbers(1));
    const model = buildTransformer(small);
    const again = await modelFromFiles(await modelToFiles(model, "float32"));
    expect(distance(model.apply(input()) as tf.Tensor, again.apply(input()) as tf.Tensor)).toBe(0);
  });
});
