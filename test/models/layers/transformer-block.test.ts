import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { isHalf } from "../../../src/kernels/half-precision.js";
import { modelFromFiles, modelToFiles } from "../../../src/models/artifacts.js";
import { Gelu, LayerNorm, TransformerBlock } from "../../../src/models/layers.js";
import { type GoldenBlock, golden, tensorOf } from "../../kernels/attention-golden.js";
import { distance, paths, usePath } from "../../kernels/backends.js";

function blockOf({ options, x, mask, parameters }: GoldenBlock): TransformerBlock {
  const block = new TransformerBlock(options);
  block.apply([tensorOf(x), tensorOf(mask)]);
  block.setWeights(parameters.map((parameter) => tensorOf(parameter)));
  return block;
}

describe.each(paths)("a transformer block on the %s path", (path) => {
  beforeAll(() => usePath(path));

  it.each(golden.blocks.map((reference) => ({ ...reference.options, reference })))(
    `equals ${golden.source} with $norm-norm and $activation, forward and in every gradient`,
    ({ reference }) => {
      const block = blockOf(reference);
      const mask = tensorOf<tf.Tensor2D>(reference.mask);
      const x = tf.variable(tensorOf(reference.x));
      const valid = tf.expandDims(mask, 2);
      const run = () => block.apply([x, mask]) as tf.Tensor;
      // PyTorch leaves what it computes for padding undefined.
      expect(distance(tf.mul(run(), valid), tf.mul(tensorOf(reference.result), valid))).toBeLessThan(1e-5);
      const weights = tensorOf(reference.weights);
      const { grads } = tf.variableGrads(() => tf.sum(tf.mul(weights, run())).asScalar());
      expect(distance(grads[x.name]!, tensorOf(reference.gradientOfX))).toBeLessThan(1e-4);
      block.trainableWeights.forEach((weight, i) => {
        const { name } = (weight as unknown as { val: tf.Variable }).val;
        expect(distance(grads[name]!, tensorOf(reference.gradients[i]!))).toBeLessThan(1e-4);
      });
    },
  );
});

describe("a transformer block", () => {
  beforeAll(() => usePath("raw"));

  it("has 12 weights, and as many parameters as PyTorch's", () => {
    const block = new TransformerBlock({ heads: 4, hiddenUnits: 256 });
    block.apply(tf.ones([1, 3, 128]));
    expect(block.weights.length).toBe(12);
    expect(block.countParams()).toBe(132_480);
  });

  it("starts from the same weights for the same seed, from others for another", () => {
    const start = (seed: number) => {
      const block = new TransformerBlock({ heads: 2, hiddenUnits: 6, seed });
      block.apply(tf.ones([1, 3, 4]));
      return block.getWeights().flatMap((weight) => [...weight.dataSync()]);
    };
    expect(start(1)).toEqual(start(1));
    expect(start(2)).not.toEqual(start(1));
  });

  it("is read again from a model's files, with layer norm and GELU", async () => {
    const input = tf.input({ shape: [5, 4] });
    let y = new LayerNorm({ name: "norm" }).apply(input) as tf.SymbolicTensor;
    y = new Gelu({ name: "gelu" }).apply(y) as tf.SymbolicTensor;
    const block = new TransformerBlock({ name: "block", heads: 2, hiddenUnits: 6, norm: "post", seed: 3 });
    y = block.apply(y) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: y });
    const again = await modelFromFiles(await modelToFiles(model, "float32"));
    const x = tf.randomNormal([2, 5, 4], 0, 1, "float32", 4);
    expect(distance(again.apply(x) as tf.Tensor, model.apply(x) as tf.Tensor)).toBe(0);
  });

  it.each(golden.blocks.map((reference) => ({ ...reference.options, reference })))(
    "in half precision gives $norm-norm with $activation within 3%, sums and gradients in float32",
    ({ reference }) => {
      const block = blockOf(reference);
      const x = tf.variable(tensorOf(reference.x));
      const mask = tensorOf<tf.Tensor2D>(reference.mask);
      const weights = tensorOf(reference.weights);
      const run = (half: boolean) => block.apply([x, mask], { training: true, half }) as tf.Tensor;
      expect(isHalf(run(true))).toBe(false);
      const gradients = (half: boolean) =>
        tf.variableGrads(() => tf.sum(tf.mul(weights, run(half))).asScalar()).grads;
      const [half, full] = [gradients(true), gradients(false)];
      const largest = (tensor: tf.Tensor) => tf.max(tf.abs(tensor)).dataSync()[0]!;
      expect(distance(run(true), run(false))).toBeLessThan(0.03 * largest(run(false)));
      expect(distance(run(true), run(false))).toBeGreaterThan(0);
      const all = Math.max(...Object.values(full).map(largest));
      for (const [name, gradient] of Object.entries(full)) {
        expect(isHalf(half[name]!)).toBe(false);
        expect(distance(half[name]!, gradient)).toBeLessThan(0.03 * Math.max(largest(gradient), 0.1 * all));
      }
    },
  );

  it("refuses shapes and heads that do not fit", () => {
    const block = new TransformerBlock({ heads: 3 });
    expect(() => block.computeOutputShape([2, 5])).toThrow(/inputs are \[2,5\] and \[none\], expected/);
    expect(() =>
      block.computeOutputShape([
        [2, 5, 6],
        [2, 4],
      ]),
    ).toThrow(/expected \[batch, frames, channels\]/);
    expect(() => block.computeOutputShape([2, 5, 8])).toThrow(/8 channels.*3 heads/);
  });
});
