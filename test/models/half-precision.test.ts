import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { findBfloat16 } from "../../src/core/bfloat16.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { softCrossEntropy } from "../../src/kernels/cross-entropy.js";
import { isHalf } from "../../src/kernels/half-precision.js";
import { computeInHalfPrecision } from "../../src/models/half-precision.js";
import { buildResNet } from "../../src/models/resnet.js";
import { modelVariables } from "../../src/training/variables.js";
import { distance, usePath } from "../kernels/backends.js";

const shape = { frames: 24, bands: 16, classes: 8 };
const buildToy = () => buildResNet({ ...shape, channels: [8, 16], blocks: [1, 1], headUnits: 16, seed: 3 });
const random = (of: number[], seed: number) => tf.randomNormal(of, 0, 1, "float32", seed);

/** Notes which layers give bf16 in training. */
function watch(model: tf.LayersModel): Map<string, boolean> {
  const seen = new Map<string, boolean>();
  for (const layer of model.layers) {
    const apply = layer.apply.bind(layer);
    layer.apply = (inputs, kwargs) => {
      const output = apply(inputs, kwargs);
      if (output instanceof tf.Tensor) seen.set(layer.name, isHalf(output));
      return output;
    };
  }
  return seen;
}

/** Loss and gradients of one training step. */
function step(model: tf.LayersModel, x: tf.Tensor, y: tf.Tensor2D) {
  const { trained } = modelVariables(model);
  const { value, grads } = tf.variableGrads(
    () => softCrossEntropy(model.apply(x, { training: true }) as tf.Tensor2D, y),
    trained as tf.Variable[],
  );
  return { loss: value.dataSync()[0]!, gradients: trained.map((variable) => grads[variable.name]!) };
}

loadTensorFlow();
describe.runIf(findBfloat16() !== null)("a model that trains in half precision", () => {
  beforeAll(() => usePath("raw"));
  const x = () => random([16, shape.frames, shape.bands, 1], 1);
  const y = () => tf.softmax(random([16, shape.classes], 2)) as tf.Tensor2D;

  it("computes in bf16 from the input to the pooling, and in float32 from there on", () => {
    const model = buildToy();
    computeInHalfPrecision(model);
    const seen = watch(model);
    model.apply(x(), { training: true });
    const inFloat = [...seen].filter(([, half]) => !half).map(([name]) => name);
    expect(inFloat).toEqual([
      "band_mean",
      "frames",
      "pooling",
      "head",
      expect.stringMatching(/^rectifier/),
      "logits",
    ]);
    expect(seen.size).toBe(model.layers.length - 1);
  });

  it("has float32 gradients close to those of float32, and the same loss within the rounding", () => {
    const singles = step(buildToy(), x(), y());
    const model = buildToy();
    computeInHalfPrecision(model);
    const halves = step(model, x(), y());
    expect(Math.abs(halves.loss / singles.loss - 1)).toBeLessThan(0.01);
    const flat = (gradients: tf.Tensor[]) => tf.concat(gradients.map((each) => tf.reshape(each, [-1])));
    expect(halves.gradients.map(isHalf)).toEqual(halves.gradients.map(() => false));
    const [a, b] = [flat(halves.gradients), flat(singles.gradients)];
    const cosine = tf.div(tf.sum(tf.mul(a, b)), tf.mul(tf.norm(a), tf.norm(b))).dataSync()[0]!;
    // Rounding turns the sign of about 1 rectifier in 200, each of which drops or adds a share of the gradient: a
    // relative error of the root of that, 0.07; a cosine of 1 - 0.07² / 2. Four times as many make 0.99.
    expect(cosine).toBeGreaterThan(0.99);
    expect(distance(tf.norm(a), tf.norm(b)) / tf.norm(b).dataSync()[0]!).toBeLessThan(0.03);
  });

  it("is judged in float32: predictions, topology and weights are those of before", () => {
    const before = buildToy();
    const model = buildToy();
    computeInHalfPrecision(model);
    expect(distance(model.apply(x()) as tf.Tensor, before.apply(x()) as tf.Tensor)).toBe(0);
    expect(distance(model.predict(x()) as tf.Tensor, before.predict(x()) as tf.Tensor)).toBe(0);
    expect(model.toJSON()).toEqual(before.toJSON());
    step(model, x(), y());
    const trainable = modelVariables(model).trained;
    modelVariables(before).trained.forEach((variable, i) => {
      expect(distance(trainable[i]!, variable)).toBe(0);
    });
  });

  it("gives the same gradients to the bit every time", () => {
    const model = buildToy();
    computeInHalfPrecision(model);
    const [first, second] = [step(model, x(), y()), step(model, x(), y())];
    expect(second.loss).toBe(first.loss);
    first.gradients.forEach((gradient, i) => {
      expect(distance(gradient, second.gradients[i]!)).toBe(0);
    });
  });

  it("may be made of tfjs' own layers, and of models within models", () => {
    const block = tf.sequential({
      layers: [
        tf.layers.conv2d({
          inputShape: [12, 8, 1],
          filters: 8,
          kernelSize: 3,
          padding: "same",
          activation: "relu",
        }),
        tf.layers.batchNormalization(),
        tf.layers.maxPooling2d({ poolSize: 2 }),
      ],
    });
    const input = tf.input({ shape: [12, 8, 1] });
    let z = block.apply(input) as tf.SymbolicTensor; // [batch, 6, 4, 8]
    const left = tf.layers
      .conv2d({ filters: 4, kernelSize: 1, activation: "elu" })
      .apply(z) as tf.SymbolicTensor;
    const right = tf.layers
      .separableConv2d({ filters: 4, kernelSize: 3, padding: "same" })
      .apply(z) as tf.SymbolicTensor;
    z = tf.layers.concatenate().apply([left, right]) as tf.SymbolicTensor;
    z = tf.layers.reshape({ targetShape: [6, 32] }).apply(z) as tf.SymbolicTensor;
    z = tf.layers
      .conv1d({ filters: 8, kernelSize: 3, activation: "tanh", padding: "same" })
      .apply(z) as tf.SymbolicTensor;
    z = tf.layers.dropout({ rate: 0.1, seed: 1 }).apply(z) as tf.SymbolicTensor;
    z = tf.layers.dense({ units: 8, activation: "sigmoid" }).apply(z) as tf.SymbolicTensor;
    z = tf.layers.layerNormalization().apply(z) as tf.SymbolicTensor;
    z = tf.layers
      .bidirectional({
        layer: tf.layers.lstm({ units: 4, returnSequences: true }) as tf.RNN,
        mergeMode: "concat",
      })
      .apply(z) as tf.SymbolicTensor;
    z = tf.layers.globalAveragePooling1d().apply(z) as tf.SymbolicTensor;
    const model = tf.model({
      inputs: input,
      outputs: tf.layers.dense({ units: 8 }).apply(z) as tf.SymbolicTensor,
    });
    const still = tf.tidy(() => step(model, random([4, 12, 8, 1], 1), y().slice([0, 0], [4, 8])).loss);
    computeInHalfPrecision(model);
    const seen = watch(model);
    const { loss, gradients } = step(model, random([4, 12, 8, 1], 1), y().slice([0, 0], [4, 8]));
    expect(Math.abs(loss / still - 1)).toBeLessThan(0.05); // dropout draws anew
    expect(gradients.map(isHalf)).toEqual(gradients.map(() => false));
    expect([...seen.values()].filter((half) => half).length).toBeGreaterThan(5);
    expect([...seen.values()].at(-1)).toBe(false);
  });

  it("lets a layer say that it computes in float32", () => {
    class Exact extends tf.layers.Layer {
      static readonly className = "Exact";
      static readonly halfPrecision = "none";
      seen: boolean[] = [];
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        const [input] = inputs as [tf.Tensor];
        this.seen.push(isHalf(input));
        return tf.square(input);
      }
      override computeOutputShape(inputShape: tf.Shape): tf.Shape {
        return inputShape;
      }
    }
    const exact = new Exact({});
    const input = tf.input({ shape: [6, 4] });
    const hidden = tf.layers.dense({ units: 4 }).apply(input) as tf.SymbolicTensor;
    const squared = exact.apply(hidden) as tf.SymbolicTensor;
    const again = tf.layers.dense({ units: 4 }).apply(squared) as tf.SymbolicTensor;
    const model = tf.model({
      inputs: input,
      outputs: tf.layers.globalAveragePooling1d().apply(again) as tf.SymbolicTensor,
    });
    computeInHalfPrecision(model);
    const seen = watch(model);
    model.apply(random([2, 6, 4], 1), { training: true });
    expect(exact.seen).toEqual([false]);
    expect([...seen.values()]).toEqual([true, false, true, false]);
  });

  it("leaves weights readable as float32 when a layer fails", () => {
    const model = buildToy();
    computeInHalfPrecision(model);
    const convolution = model.getLayer("convolution_1");
    expect(() => convolution.apply(tf.zeros([1, 2, 2, 3]), { training: true })).toThrow();
    expect(isHalf(convolution.weights[0]!.read())).toBe(false);
  });

  it("50 steps leave no tensor behind", () => {
    const model = buildToy();
    computeInHalfPrecision(model);
    const [input, labels] = [x(), y()];
    const once = () => tf.tidy(() => step(model, input, labels).loss);
    once();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 50; i++) once();
    expect(tf.memory().numTensors).toBe(before);
  });
});
