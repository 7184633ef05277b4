import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { openGradCam, valueAt } from "../../src/explanation/grad-cam.js";
import { buildResNet } from "../../src/models/resnet.js";

const tf = loadTensorFlow();
const shape = { frames: 24, bands: 16, classes: 4 };

describe("Grad-CAM", () => {
  beforeAll(() => void tf.ready());

  it("is the rectified sum of maps weighted by their gradients, written out for a mean and a dense layer", () => {
    // logit_c = Σ_k mean(A_k) w_kc, so that the gradient of A_k is w_kc / (height · width) everywhere.
    const input = tf.input({ shape: [6, 4, 1] });
    const convolution = tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: "same", activation: "relu" });
    const pool = tf.layers.globalAveragePooling2d({ dataFormat: "channelsLast" });
    const dense = tf.layers.dense({ units: 2 });
    const maps = convolution.apply(input) as import("@tensorflow/tfjs").SymbolicTensor;
    const model = tf.model({
      inputs: input,
      outputs: dense.apply(pool.apply(maps)) as import("@tensorflow/tfjs").SymbolicTensor,
    });
    const random = createRandom(3).fork("input");
    const values = Float32Array.from({ length: 24 }, () => random.normal());
    const found = openGradCam(model)!(values, 1);
    const activations = (
      convolution.apply(tf.tensor(values, [1, 6, 4, 1])) as import("@tensorflow/tfjs").Tensor
    ).dataSync();
    const kernel = dense.getWeights()[0]!.dataSync();
    expect([found.height, found.width]).toEqual([6, 4]);
    for (let place = 0; place < 24; place++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += (activations[place * 3 + k]! * kernel[k * 2 + 1]!) / 24;
      expect(found.values[place]).toBeCloseTo(Math.max(0, sum), 5);
    }
  });

  it("lies where the only sound is", () => {
    const model = buildResNet({ ...shape, channels: [4, 8], blocks: [1, 1], headUnits: 8, seed: 5 });
    const input = new Float32Array(shape.frames * shape.bands);
    for (let frame = 16; frame < 22; frame++) input.fill(3, frame * shape.bands, (frame + 1) * shape.bands);
    const explain = openGradCam(model)!;
    const maps = [0, 1, 2, 3].map((one) => explain(input, one));
    const sumOf = (from: number, to: number): number =>
      maps.reduce((all, { values, width }) => {
        for (let i = from * width; i < to * width; i++) all += values[i]!;
        return all;
      }, 0);
    const { height } = maps[0]!;
    expect(sumOf(height / 2, height)).toBeGreaterThan(2 * sumOf(0, height / 2));
  });

  it("has nothing to say of a network without feature maps", () => {
    const dense = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [8] })] });
    expect(openGradCam(dense)).toBeNull();
  });

  it("reads a map between its cells by straight lines", () => {
    const map = { values: Float32Array.of(0, 1, 2, 3), height: 2, width: 2 };
    expect(valueAt(map, 0.25, 0.25)).toBe(0);
    expect(valueAt(map, 0.5, 0.5)).toBeCloseTo(1.5);
    expect(valueAt(map, 1, 1)).toBe(3);
    expect(valueAt(map, 0.25, 0.5)).toBeCloseTo(0.5);
  });
});
