import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { FusedBatchNorm } from "../../src/models/layers.js";
import { prepareInference } from "../../src/models/prepare-inference.js";
import { architectures, completeOptions } from "../../src/models/registry.js";
import { recipeFor } from "../../src/training/recipes.js";
import { distance, paths, usePath } from "../kernels/backends.js";

beforeAll(() => void loadTensorFlow());

/** A network of the sample's size, with statistics and scales as training might leave them. */
function networkNamed(name: string): tf.LayersModel {
  const architecture = architectures.find((one) => one.name === name)!;
  const { features, options } = recipeFor(name, "sample");
  const complete = completeOptions(architecture, options);
  const [frames, width] = features.kind === "waveform" ? [2048, 1] : [48, 32];
  const bands = architecture.pretrained?.(complete).channels ?? width;
  const model = architecture.build(complete, { frames, bands, classes: 8 }, 1);
  for (const [i, layer] of model.layers.entries()) {
    if (layer instanceof FusedBatchNorm) drawWeights(layer, i);
  }
  return model;
}

function drawWeights(norm: FusedBatchNorm, seed: number): void {
  const [channels] = norm.weights[0]!.shape as [number];
  const draw = (low: number, high: number, at: number) =>
    tf.randomUniform([channels], low, high, "float32", 4 * seed + at);
  const drawn = [draw(-1.5, 1.5, 0), draw(-0.5, 0.5, 1), draw(-0.5, 0.5, 2), draw(0.1, 3, 3)];
  norm.setWeights(drawn);
  tf.dispose(drawn);
}

function probabilitiesOf(logits: tf.Tensor): tf.Tensor {
  return tf.softmax(logits as tf.Tensor2D);
}

const names = architectures.map(({ name }) => name);

describe.each(paths)("a plan for inference, %s", (path) => {
  beforeAll(() => usePath(path));

  it.each(names)("gives the probabilities of the model itself: %s", (name) => {
    const model = networkNamed(name);
    const plan = prepareInference(model);
    const [, ...shape] = model.inputs[0]!.shape as number[];
    for (const batch of [1, 3]) {
      tf.tidy(() => {
        const x = tf.randomNormal([batch, ...shape], 0, 1, "float32", 7);
        const expected = probabilitiesOf(model.apply(x, { training: false }) as tf.Tensor);
        const spread = tf.max(tf.sub(tf.max(expected, 1), tf.min(expected, 1))).dataSync()[0]!;
        expect(spread).toBeGreaterThan(1e-3); // an answer that says something
        expect(distance(probabilitiesOf(tf.tensor2d(plan.run(x), [batch, 8])), expected)).toBeLessThan(1e-5);
      });
    }
    plan.dispose();
    model.dispose();
  });
});

describe("a plan for inference", () => {
  beforeAll(() => usePath("raw"));

  it("normalises nothing that stands behind a convolution", async () => {
    const normsIn = async (name: string): Promise<readonly [number, number]> => {
      const model = networkNamed(name);
      const plan = prepareInference(model);
      const [, ...shape] = model.inputs[0]!.shape as number[];
      const x = tf.randomNormal([1, ...shape]);
      const profile = await tf.profile(() => void plan.run(x));
      const left = profile.kernels.filter((kernel) => kernel.name === tf.FusedBatchNorm).length;
      plan.dispose();
      const all = model.layers.filter((layer) => layer instanceof FusedBatchNorm).length;
      model.dispose();
      return [all, left];
    };
    expect(await normsIn("resnet")).toEqual([expect.any(Number), 0]);
    expect(await normsIn("simple-cnn-audio")).toEqual([expect.any(Number), 0]);
    // In a dense block every other norm reads what several layers have joined.
    const [all, left] = await normsIn("densenet");
    expect(left).toBeLessThan(0.6 * all);
  });

  it("keeps the weights of its moment, leaves the model's alone, and frees its own", () => {
    const model = networkNamed("simple-cnn");
    const [, ...shape] = model.inputs[0]!.shape as number[];
    const x = tf.randomNormal([1, ...shape]);
    const before = tf.memory().numTensors;
    const plan = prepareInference(model);
    const first = plan.run(x);
    const norm = model.layers.find((layer) => layer instanceof FusedBatchNorm)!;
    drawWeights(norm as FusedBatchNorm, 99);
    const second = plan.run(x);
    expect(second).toEqual(first);
    plan.dispose();
    expect(tf.memory().numTensors).toBe(before);
    const output = model.apply(x) as tf.Tensor;
    expect(output.shape).toEqual([1, 8]);
    model.dispose();
  });
});
