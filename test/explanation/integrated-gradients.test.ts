import type * as tfjs from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { behindFrontEnd } from "../../src/explanation/behind-front-end.js";
import { emphasise } from "../../src/explanation/emphasis.js";
import { attributeInput, integratedGradients } from "../../src/explanation/integrated-gradients.js";
import { placeFeatures } from "../../src/features/place-features.js";
import { throughFrontEnd } from "../../src/models/pretrained.js";
import { buildResNet } from "../../src/models/resnet.js";
import { buildWhisper, pretrainedWhisper } from "../../src/models/whisper.js";

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

describe("integrated gradients behind a front end", () => {
  const options = { size: "random-small", tunedBlocks: 1, headUnits: 8 };
  const bands = 80;
  const clipOf = (frames: number) => {
    const random = createRandom(6).fork("mel");
    return Float32Array.from({ length: frames * bands }, () => 1.5 * random.normal());
  };

  it.each([
    ["shorter than the model's frames", 20],
    ["longer than the model's frames", 60],
  ])("sum to the difference of the logit that prediction gives, for a clip %s", (_, frames) => {
    const model = buildWhisper({ ...options, frames: 16, bands: 32, seed: 2 });
    const frontEnd = pretrainedWhisper(options).buildFrontEnd(null);
    const clip = clipOf(frames);
    const baseline = -0.8;
    // The way of a prediction: the front end at the clip's own length, then the middle of the model's frames.
    const logit = (values: Float32Array): number => {
      const described = throughFrontEnd(frontEnd, { values, frames, bands });
      const placed = new Float32Array(16 * 32);
      placeFeatures(described, 16, null, placed);
      return tf.tidy(() => (model.predict(tf.tensor(placed, [1, 16, 32])) as tfjs.Tensor).dataSync()[3]!);
    };
    const network = behindFrontEnd(frontEnd, model, [frames, bands]);
    const before = tf.memory().numTensors;
    const attribution = attributeInput(network, clip, 3, { steps: 128, baseline, pointsAtOnce: 48 });
    expect(tf.memory().numTensors).toBe(before);
    const difference = logit(clip) - logit(new Float32Array(clip.length).fill(baseline));
    expect(Math.abs(difference)).toBeGreaterThan(0.05);
    expect(attribution.reduce((sum, value) => sum + value, 0)).toBeCloseTo(difference, 2);
    const atOnce = attributeInput(network, clip, 3, { steps: 128, baseline });
    atOnce.forEach((value, i) => void expect(value).toBeCloseTo(attribution[i]!, 5));
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
