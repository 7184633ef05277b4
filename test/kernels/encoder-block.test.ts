import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasNativeKernel, withoutNativeKernels } from "../../src/core/native-kernels.js";
import { deviceName, nativeKernels } from "../../src/core/tensorflow.js";
import { type EncoderBlockWeights, encoderBlock, hasEncoderBlock } from "../../src/kernels/encoder-block.js";
import { isHalf } from "../../src/kernels/half-precision.js";
import { TransformerBlock } from "../../src/models/layers.js";
import { distance, usePath } from "./backends.js";

const shapes = [
  { batch: 1, frames: 1, channels: 16, heads: 1, hiddenUnits: 16 },
  { batch: 3, frames: 19, channels: 96, heads: 2, hiddenUnits: 80 },
  { batch: 2, frames: 150, channels: 128, heads: 4, hiddenUnits: 256 },
];
type Shape = (typeof shapes)[number];

const largest = (x: tf.Tensor): number => tf.max(tf.abs(x)).dataSync()[0]!;

/** A block whose weights are all drawn at random, its result, and the gradients of a weighted sum of it. */
function run({ batch, frames, channels, heads, hiddenUnits }: Shape, { half = false, masks = true } = {}) {
  const draw = (shape: number[], seed: number, deviation = 1) =>
    tf.randomNormal(shape, 0, deviation, "float32", seed);
  const block = new TransformerBlock({ heads, hiddenUnits, seed: 1 });
  const x = tf.variable(draw([batch, frames, channels], 1, 2));
  const valid = tf.greater(tf.randomUniform([batch, frames], 0, 1, "float32", 2), 0.3);
  const mask = tf.cast(valid, "float32");
  const inputs = masks ? [x, mask] : x;
  block.apply(inputs as tf.Tensor[]);
  block.setWeights(
    block
      .getWeights()
      .map((weight, i) => tf.add(weight, draw(weight.shape, 10 + i, 0.2 / Math.sqrt(channels)))),
  );
  const apply = () => block.apply(inputs as tf.Tensor[], { half }) as tf.Tensor;
  const weights = draw([batch, frames, channels], 3);
  const { grads } = tf.variableGrads(() => tf.sum(tf.mul(weights, apply())).asScalar());
  const variables = block.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
  return { y: apply(), gradients: [x, ...variables].map(({ name }) => grads[name]!) };
}

describe("a transformer block as one function", () => {
  beforeAll(() => usePath("raw"));
  const addon = () => require(nativeKernels.path) as { useInstructions(name: string): boolean };
  afterEach(() => void (hasNativeKernel("AffectlabAddNormRows") && addon().useInstructions("")));
  const isThere = () => hasEncoderBlock(16, 1, 16);

  it("is taken where the addon is, for sizes that fill its vectors", () => {
    expect(isThere()).toBe(deviceName() === "CPU");
    expect(hasEncoderBlock(24, 1, 16) || hasEncoderBlock(32, 4, 16) || hasEncoderBlock(16, 1, 8)).toBe(false);
    expect(withoutNativeKernels(isThere)).toBe(false);
  });

  it.each(["avx512", "avx2", "plain"])("gives what its parts give one by one with %s", (set) => {
    if (!isThere() || !addon().useInstructions(set)) return; // this processor has them not
    for (const shape of shapes) {
      for (const masks of [true, false]) {
        const fused = run(shape, { masks });
        const parts = withoutNativeKernels(() => run(shape, { masks }));
        expect(distance(fused.y, parts.y)).toBeLessThan(1e-5 * largest(parts.y));
        // The bias of the keys never changes a result: its gradient is what rounding leaves of 0.
        const scale = Math.max(...parts.gradients.map(largest));
        fused.gradients.forEach((gradient, i) => {
          const expected = parts.gradients[i]!;
          expect(distance(gradient, expected)).toBeLessThan(2e-5 * Math.max(largest(expected), 0.1 * scale));
        });
      }
    }
  });

  it("gives the same bits every time", () => {
    if (!isThere()) return;
    const bits = () => run(shapes[2]!).gradients.map((gradient) => [...gradient.dataSync()]);
    expect(bits()).toEqual(bits());
  });

  it.each(["avx512", "plain"])(
    "in bf16 stays within its rounding, sums and gradients in float32, with %s",
    (set) => {
      if (!isThere() || !addon().useInstructions(set)) return;
      for (const shape of shapes) {
        const half = run(shape, { half: true });
        const single = run(shape);
        expect(distance(half.y, single.y)).toBeLessThan(0.03 * largest(single.y));
        const scale = Math.max(...single.gradients.map(largest));
        half.gradients.forEach((gradient, i) => {
          expect(isHalf(gradient)).toBe(false);
          const expected = single.gradients[i]!;
          expect(distance(gradient, expected)).toBeLessThan(0.05 * Math.max(largest(expected), 0.1 * scale));
        });
      }
    },
  );

  it("leaves no tensor behind", () => {
    tf.tidy(() => void run(shapes[1]!));
    const before = tf.memory().numTensors;
    tf.tidy(() => void run(shapes[1]!, { half: true }));
    // A variable outlives its scope: the input and twelve weights.
    expect(tf.memory().numTensors - before).toBe(13);
  });

  it("says what does not fit", () => {
    const vector = tf.ones<tf.Rank.R1>([16]);
    const matrix = tf.ones<tf.Rank.R2>([16, 16]);
    const weights: EncoderBlockWeights = {
      attentionScale: vector,
      attentionOffset: vector,
      attentionKernel: tf.ones([16, 48]),
      attentionBias: tf.ones([48]),
      projectionKernel: matrix,
      projectionBias: vector,
      hiddenScale: vector,
      hiddenOffset: vector,
      hiddenKernel: matrix,
      hiddenBias: vector,
      outputKernel: matrix,
      outputBias: vector,
    };
    const options = { heads: 1, epsilon: 1e-5, half: false };
    const x = tf.ones<tf.Rank.R3>([2, 3, 16]);
    const given =
      (input: tf.Tensor, mask: tf.Tensor | null, heads = 1) =>
      () =>
        encoderBlock(input as tf.Tensor3D, mask as tf.Tensor2D, weights, { ...options, heads });
    expect(given(tf.ones([3, 16]), null)).toThrow(/encoderBlock: x.*batch, frames, channels/);
    expect(given(tf.ones([2, 3, 16], "int32"), null)).toThrow(/x is int32/);
    expect(given(tf.ones([0, 3, 16]), null)).toThrow(/no number/);
    expect(given(x, tf.ones([2, 4]))).toThrow(/mask.*expected \[2, 3\]/);
    expect(given(x, null, 2)).toThrow(/16 channels in 2 heads/);
    if (isThere()) expect(given(tf.ones([2, 3, 32]), null)).toThrow(/AffectlabNormRows: input 1/);
  });
});
