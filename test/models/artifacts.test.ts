import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { modelFromFiles, modelToFiles } from "../../src/models/artifacts.js";
import { buildResNet } from "../../src/models/resnet.js";
import { temporaryFolder } from "../temporary-folder.js";

beforeAll(() => void loadTensorFlow());
const small = { frames: 24, bands: 16, channels: [4, 8], blocks: [1, 1], headUnits: 16 };
const input = () => tf.randomNormal([5, 24, 16, 1], 0, 1, "float32", 1);

/** A network whose weights, batch statistics included, are not the initial ones. */
function trained(): tf.LayersModel {
  const model = buildResNet(small);
  model.setWeights(
    model
      .getWeights()
      .map((weight, i) => tf.add(weight, tf.randomUniform(weight.shape, 0, 0.2, "float32", i))),
  );
  return model;
}

describe("a model as files", () => {
  it("comes back from float32 to the bit, through JSON and a file as Node reads it", async () => {
    const model = trained();
    const { modelJson, weights } = await modelToFiles(model, "float32");
    const path = join(temporaryFolder("artifacts"), "weights.bin");
    writeFileSync(path, weights);
    const again = await modelFromFiles({
      modelJson: JSON.parse(JSON.stringify(modelJson)) as tf.io.ModelJSON,
      weights: await readFile(path),
    });
    expect(again.getWeights().map((weight) => [...weight.dataSync()])).toEqual(
      model.getWeights().map((weight) => [...weight.dataSync()]),
    );
    expect([...(again.predict(input()) as tf.Tensor).dataSync()]).toEqual([
      ...(model.predict(input()) as tf.Tensor).dataSync(),
    ]);
  });

  it("comes back from float16 close, at half the size", async () => {
    const model = trained();
    const whole = await modelToFiles(model, "float32");
    const half = await modelToFiles(model, "float16");
    expect(half.weights.byteLength).toBe(whole.weights.byteLength / 2);
    expect(whole.weights.byteLength).toBe(4 * model.countParams());
    const again = await modelFromFiles(half);
    const before = model.getWeights();
    again.getWeights().forEach((weight, i) => {
      const expected = before[i]!.dataSync();
      weight.dataSync().forEach((value, k) => {
        expect(Math.abs(value - expected[k]!)).toBeLessThanOrEqual(
          Math.abs(expected[k]!) * 2 ** -11 + 2 ** -25,
        );
      });
    });
  });

  it("in float16 is what tfjs itself reads: the format is theirs", async () => {
    const model = trained();
    const { modelJson, weights } = await modelToFiles(model, "float16");
    const plain = await tf.loadLayersModel({
      load: () =>
        Promise.resolve({
          modelTopology: modelJson.modelTopology as object,
          weightSpecs: modelJson.weightsManifest[0]!.weights,
          weightData: new Uint8Array(weights).buffer,
        }),
    });
    const ours = await modelFromFiles({ modelJson, weights });
    expect(plain.getWeights().map((weight) => [...weight.dataSync()])).toEqual(
      ours.getWeights().map((weight) => [...weight.dataSync()]),
    );
  });

  it("cut off is refused", async () => {
    const { modelJson, weights } = await modelToFiles(trained(), "float32");
    await expect(
      modelFromFiles({ modelJson, weights: weights.subarray(0, weights.length - 8) }),
    ).rejects.toThrow();
  });

  it("leaves no tensor behind", async () => {
    const model = trained();
    await modelToFiles(model, "float16");
    const before = tf.memory().numTensors;
    const again = await modelFromFiles(await modelToFiles(model, "float16"));
    again.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
