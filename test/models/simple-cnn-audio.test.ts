import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { modelFromFiles, modelToFiles } from "../../src/models/artifacts.js";
import { architectureNamed } from "../../src/models/registry.js";
import { buildSimpleCnnAudio } from "../../src/models/simple-cnn-audio.js";
import { defineRun } from "../../src/training/define-run.js";
import { trainRun } from "../../src/training/train-run.js";
import { modelVariables } from "../../src/training/variables.js";
import { distance, type paths, usePath } from "../kernels/backends.js";
import { settingsWithTones, toneRequest } from "../training/toy-corpus.js";

beforeAll(() => void loadTensorFlow());
const small = {
  frames: 640,
  channels: [8, 16],
  convolutions: [1, 2],
  pools: [4, 2, 2],
  headUnits: 16,
};
const sounds = (batch: number, frames: number, seed: number) =>
  tf.randomNormal([batch, frames, 1], 0, 1, "float32", seed);
const logitsOf = (model: tf.LayersModel, x: tf.Tensor, training = false) =>
  model.apply(x, { training }) as tf.Tensor2D;

describe("the network on the waveform", () => {
  it("has 4,459,968 parameters, as its title says", () => {
    expect(buildSimpleCnnAudio().countParams()).toBe(4_459_968);
    expect(architectureNamed("simple-cnn-audio").title).toContain("4.46 million parameters");
  });

  it("takes samples [batch, frames, 1] and gives a logit for each class", () => {
    const model = buildSimpleCnnAudio({ ...small, classes: 5 });
    expect(model.inputs[0]!.shape).toEqual([null, 640, 1]);
    expect(logitsOf(model, sounds(3, 640, 1)).shape).toEqual([3, 5]);
  });

  it.each([{ frames: 8 }, { frames: 1336 }, { pools: [1, 1, 1] }, { stride: 4, filterSamples: 16 }])(
    "is built for %j",
    (options) => {
      const model = buildSimpleCnnAudio({ ...small, ...options });
      const y = logitsOf(model, sounds(2, model.inputs[0]!.shape[1]!, 2), true);
      expect([...y.dataSync()].every(Number.isFinite)).toBe(true);
    },
  );

  it("computes its first layer as a convolution that moves by `stride` samples", () => {
    const { frames, stride, filterSamples } = { frames: 640, stride: 8, filterSamples: 80 };
    const model = buildSimpleCnnAudio({ ...small, frames, stride, filterSamples });
    const kernel = model.getWeights()[0]!; // [1, 10, 8, 8]
    const x = sounds(2, frames, 3);
    const inner = tf.model({
      inputs: model.inputs,
      outputs: model.getLayer("convolution_1").output as tf.SymbolicTensor,
    });
    const ours = tf.reshape(inner.apply(x) as tf.Tensor, [2, frames / stride, 8]);
    const before = Math.floor((filterSamples / stride - 1) / 2) * stride;
    const padded = tf.pad(x as tf.Tensor3D, [
      [0, 0],
      [before, filterSamples - stride - before],
      [0, 0],
    ]);
    const filters = tf.reshape(kernel, [filterSamples, 1, 8]) as tf.Tensor3D;
    expect(distance(ours, tf.conv1d(padded, filters, stride, "valid"))).toBeLessThan(1e-4);
  });

  it("pools only what was recorded: silence in padding does not answer for the clip", () => {
    const model = buildSimpleCnnAudio(small);
    const mask = tf.model({
      inputs: model.inputs,
      outputs: model.getLayer("mask").output as tf.SymbolicTensor,
    });
    const clip = tf.pad(sounds(1, 300, 4) as tf.Tensor3D, [
      [0, 0],
      [200, 140],
      [0, 0],
    ]);
    // Frames of 8 × 16 = 128 samples; the clip lies in samples 200 to 499.
    expect((mask.apply(clip) as tf.Tensor2D).arraySync()).toEqual([[0, 1, 1, 1, 0]]);
    expect([...logitsOf(model, tf.zeros([1, 640, 1])).dataSync()].every(Number.isFinite)).toBe(true);
  });

  it("starts from the same weights for the same seed, from others for another", () => {
    const numbers = (seed: number) =>
      buildSimpleCnnAudio({ ...small, seed })
        .getWeights()
        .flatMap((weight) => [...weight.dataSync()]);
    const first = numbers(1);
    expect(numbers(1)).toEqual(first);
    const equal = numbers(2).filter((value, i) => value === first[i] && value !== 0 && value !== 1);
    expect(equal).toEqual([]);
  });

  it("gives the same answer when it is written to files and read again", async () => {
    const model = buildSimpleCnnAudio(small);
    const x = sounds(3, 640, 5);
    const again = await modelFromFiles(await modelToFiles(model, "float32"));
    expect(distance(logitsOf(again, x), logitsOf(model, x))).toBe(0);
  });

  it("has the same gradient of every weight from TensorFlow's kernels as from plain JavaScript", async () => {
    const gradientsOn = async (path: (typeof paths)[number]) => {
      await usePath(path);
      const model = buildSimpleCnnAudio(small);
      const { trained } = modelVariables(model);
      const x = sounds(4, 640, 6);
      const { grads } = tf.variableGrads(
        () => tf.sum(tf.square(logitsOf(model, x, true))).asScalar(),
        trained,
      );
      return trained.map((variable) => [...grads[variable.name]!.dataSync()]);
    };
    const expected = await gradientsOn("portable");
    const gradients = await gradientsOn("raw");
    gradients.forEach((gradient, i) => {
      const size = Math.max(...expected[i]!.map(Math.abs));
      const furthest = Math.max(...gradient.map((value, k) => Math.abs(value - expected[i]![k]!)));
      expect(size).toBeGreaterThan(0);
      expect(furthest).toBeLessThan(1e-3 * size + 1e-4);
    });
  });

  it("refuses features that are no samples, and lengths that its stride does not divide", () => {
    expect(() => buildSimpleCnnAudio({ ...small, bands: 64 })).toThrow(LabError);
    expect(() => buildSimpleCnnAudio({ ...small, bands: 64 })).toThrow(/takes samples.*have 64/);
    expect(() => buildSimpleCnnAudio({ ...small, frames: 643 })).toThrow(/frames is 643.*Use 640/);
  });

  it("refuses lists of another number of stages; pools have one more, before the stages", () => {
    const longer = () => buildSimpleCnnAudio({ ...small, convolutions: [1, 2, 3] });
    expect(longer).toThrow(/2 channels, 3 convolutions and 2 pools after the first/);
    expect(() => buildSimpleCnnAudio({ ...small, pools: [4, 2] })).toThrow(/and 1 pools after the first/);
    expect(() => buildSimpleCnnAudio({ ...small, pools: [4, 2, 2, 2] })).toThrow(LabError);
  });
});

describe("a run on waveforms", () => {
  it("learns tones from samples alone, sounds varied on the way, and is judged on every clip", async () => {
    const settings = await settingsWithTones();
    const { frames, ...options } = { ...small, frames: 6400 };
    const spec = await defineRun(
      {
        ...toneRequest,
        model: "simple-cnn-audio",
        options,
        features: {},
        training: {
          ...toneRequest.training,
          frames,
          epochs: 4,
          augmentation: { timeMasks: 1, timeMaskFrames: 800 },
          waveAugmentation: { probability: 0.5, gainDecibels: [-6, 6] },
        },
      },
      settings,
    );
    expect(spec.features).toEqual({ kind: "waveform", trimDecibels: 35, peakNormalise: true });
    const run = await trainRun(spec, { settings });
    expect(run.test.length).toBe(5 * 24);
    expect(run.metrics.test.all.uar.value).toBeGreaterThan(0.5); // chance is 1 in 6
  });
});
