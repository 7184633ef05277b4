import type * as tfjs from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { emphasise } from "../../src/explanation/emphasis.js";
import { integratedGradients } from "../../src/explanation/integrated-gradients.js";
import { buildResNet } from "../../src/models/resnet.js";

let tf: typeof tfjs;
beforeAll(() => {
  tf = loadTensorFlow();
});

describe("integrated gradients", () => {
  it("sum to the logit's difference between the clip and the baseline (completeness)", () => {
    const model = buildResNet({
      frames: 32,
      bands: 16,
      channels: [8, 16],
      blocks: [1, 1],
      headUnits: 8,
      seed: 3,
    });
    const random = createRandom(5).fork("clip");
    const clip = Float32Array.from({ length: 32 * 16 }, () => random.normal());
    const logit = (values: Float32Array): number =>
      tf.tidy(() => (model.predict(tf.tensor(values, [1, 32, 16, 1])) as tfjs.Tensor).dataSync()[2]!);
    const attribution = integratedGradients(model, clip, 2, 256);
    const difference = logit(clip) - logit(new Float32Array(clip.length));
    expect(attribution.reduce((sum, value) => sum + value, 0)).toBeCloseTo(difference, 2);
    expect(Math.abs(difference)).toBeGreaterThan(0.05);
  });

  it("are inputs times weights for a linear model", () => {
    const model = tf.sequential({
      layers: [tf.layers.flatten({ inputShape: [2, 3] }), tf.layers.dense({ units: 2 })],
    });
    const kernel = [0.5, 1, -1, 2, 3, -2, 0, 4, 1, 1, -0.5, 2]; // [6, 2]
    model.setWeights([tf.tensor2d(kernel, [6, 2]), tf.zeros([2])]);
    const input = Float32Array.of(1, 2, 3, 4, 5, 6);
    const expected = [...input].map((value, i) => value * kernel[2 * i + 1]!);
    const given = [...integratedGradients(model, input, 1)];
    for (const [i, value] of given.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
  });
});

describe("emphasis", () => {
  it("lies between 0 and 1, spreads over neighbours alone and leaves out what speaks against the class", () => {
    const attribution = new Float32Array(20 * 10);
    attribution[10 * 10 + 5] = 4; // frame 10, band 5
    attribution[2 * 10 + 2] = -9;
    const emphasis = emphasise(attribution, 20, 10);
    expect(Math.max(...emphasis)).toBe(1);
    expect(emphasis[10 * 10 + 5]).toBe(1);
    expect(emphasis[10 * 10 + 7]).toBeGreaterThan(0);
    expect(emphasis[12 * 10 + 5]).toBeGreaterThan(0);
    expect(emphasis[10 * 10 + 8]).toBe(0);
    expect(emphasis[13 * 10 + 5]).toBe(0);
    expect(emphasis[2 * 10 + 2]).toBe(0);
  });
});
