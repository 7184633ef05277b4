import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "../../src/core/safetensors.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { modelFromFiles, modelToFiles } from "../../src/models/artifacts.js";
import {
  buildPretrainedWav2Vec2,
  fillWav2Vec2,
  pretrainedWav2Vec2Defaults,
} from "../../src/models/pretrained-wav2vec2.js";
import { architectureNamed } from "../../src/models/registry.js";
import { buildWav2Vec2 } from "../../src/models/wav2vec2.js";
import { modelVariables } from "../../src/training/variables.js";
import { distance, paths, usePath } from "../kernels/backends.js";
import { temporaryFolder } from "../temporary-folder.js";

const goldens = join("test", "goldens", "models");
const forms = ["group", "layer"] as const;
const small = {
  frames: 2000,
  channels: Array<number>(7).fill(8),
  width: 16,
  layers: 2,
  heads: 2,
  hiddenUnits: 24,
  positionFrames: 6,
  positionGroups: 4,
};

interface GoldenTensor {
  readonly shape: number[];
  readonly values: number[];
}
interface Golden {
  readonly source: string;
  readonly samples: GoldenTensor;
  readonly hiddenStates: GoldenTensor[];
  readonly last: GoldenTensor;
}
const goldenOf = (norm: string) =>
  JSON.parse(readFileSync(join(goldens, `wav2vec2-${norm}.json`), "utf8")) as Golden;
const weightsOf = (norm: string) => {
  const file = `wav2vec2-${norm}.safetensors`;
  return decodeSafetensors(readFileSync(join(goldens, file)), file).arrays;
};
const tensorOf = ({ shape, values }: GoldenTensor) => tf.tensor(values, shape);
const outputOf = (model: tf.LayersModel, name: string, x: tf.Tensor) =>
  tf
    .model({ inputs: model.inputs, outputs: model.getLayer(name).output as tf.SymbolicTensor })
    .apply(x) as tf.Tensor;

describe.each(paths)("wav2vec 2.0 on the %s path", (path) => {
  beforeAll(() => usePath(path));

  it.each(forms)("gives transformers' hidden states, the form with %s norm", (norm) => {
    const golden = goldenOf(norm);
    const model = buildWav2Vec2({ ...small, norm });
    fillWav2Vec2(model, weightsOf(norm), "the golden file");
    const x = tf.expandDims(tensorOf(golden.samples), 2);
    const [before, last] = norm === "group" ? ["norm", "block_2"] : ["positions", "norm"];
    const names = [before!, "block_1", "block_2"];
    expect(golden.hiddenStates.length).toBe(names.length);
    names.forEach((name, i) => {
      expect(distance(outputOf(model, name, x), tensorOf(golden.hiddenStates[i]!))).toBeLessThan(1e-4);
    });
    expect(distance(outputOf(model, last!, x), tensorOf(golden.last))).toBeLessThan(1e-4);
  });

  it.each(forms)("spreads a gradient to every weight that is learnt, the form with %s norm", (norm) => {
    const model = buildWav2Vec2({ ...small, norm });
    const x = tf.randomNormal([3, 2000, 1], 0, 1, "float32", 1);
    const { trained } = modelVariables(model);
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.square(model.apply(x, { training: true }) as tf.Tensor)).asScalar(),
      trained,
    );
    const untouched = trained.filter((variable) => tf.max(tf.abs(grads[variable.name]!)).dataSync()[0] === 0);
    expect(untouched.map((variable) => variable.name)).toEqual([]);
  });
});

describe("wav2vec 2.0 from a random start", () => {
  beforeAll(() => void loadTensorFlow());

  it("has as many parameters as its title says, and 149 frames for 3 s", () => {
    const model = buildWav2Vec2();
    const { title } = architectureNamed("wav2vec2");
    expect(title).toContain(`${(model.countParams() / 1e6).toFixed(1)} million parameters`);
    expect(model.getLayer("block_4").outputShape).toEqual([null, 149, 256]);
    expect(model.outputs[0]!.shape).toEqual([null, 8]);
  });

  it("starts every weight from the seed", () => {
    const numbers = (seed: number) =>
      buildWav2Vec2({ ...small, seed })
        .getWeights()
        .flatMap((weight) => [...weight.dataSync()]);
    const first = numbers(1);
    expect(numbers(1)).toEqual(first);
    expect(numbers(2)).not.toEqual(first);
  });

  it("starts its positions as a convolution of its directions: the gain is their norm", () => {
    const [gain, direction] = buildWav2Vec2().getLayer("positions").getWeights();
    const norms = tf.sqrt(tf.sum(tf.square(direction!), [1, 2], true));
    expect(tf.max(tf.abs(tf.sub(tf.div(gain!, norms), 1))).dataSync()[0]).toBeLessThan(0.05);
  });

  it.each(forms)("does not hear what stands in padding but for its edge, the form with %s norm", (norm) => {
    // The convolutions and the first norm see zeros as samples; blocks and pooling see recorded frames alone.
    const model = buildWav2Vec2({ ...small, frames: 6400, norm });
    const clip = tf.pad(tf.randomNormal<tf.Rank.R3>([1, 3200, 1], 0, 1, "float32", 2), [
      [0, 0],
      [1600, 1600],
      [0, 0],
    ]);
    const mask = outputOf(model, "mask", clip) as tf.Tensor2D;
    expect(mask.arraySync()).toEqual([[...Array(5).fill(0), ...Array(10).fill(1), ...Array(4).fill(0)]]);
    const silence = model.apply(tf.zeros([1, 6400, 1])) as tf.Tensor;
    expect([...silence.dataSync()].every(Number.isFinite)).toBe(true);
  });

  it("gives the same answer when it is written to files and read again", async () => {
    const model = buildWav2Vec2(small);
    const x = tf.randomNormal([2, 2000, 1], 0, 1, "float32", 3);
    const again = await modelFromFiles(await modelToFiles(model, "float32"));
    expect(distance(again.apply(x) as tf.Tensor, model.apply(x) as tf.Tensor)).toBe(0);
  });

  it("refuses features that are no samples, too few samples, and lists that do not fit", () => {
    expect(() => buildWav2Vec2({ ...small, bands: 64 })).toThrow(/takes samples.*have 64/);
    expect(() => buildWav2Vec2({ ...small, frames: 399 })).toThrow(/399 samples are fewer than the 400/);
    expect(() => buildWav2Vec2({ ...small, sizes: [10] })).toThrow(/7 channels, 1 sizes and 7 strides/);
  });
});

describe("published weights of wav2vec 2.0", () => {
  beforeAll(() => void loadTensorFlow());
  const { classes, seed } = pretrainedWav2Vec2Defaults;
  const shape = { frames: 2000, bands: 1, classes, positionGroups: 4, seed };
  const fileWith = async (arrays: readonly NamedArray[]) => {
    const file = join(temporaryFolder("wav2vec2"), "model.safetensors");
    await writeFile(file, encodeSafetensors({ arrays, metadata: {} }));
    return file;
  };
  const build = (pretrained: string) =>
    buildPretrainedWav2Vec2({ ...pretrainedWav2Vec2Defaults, ...shape, pretrained });

  it.each(forms)("decide the sizes and the form of the network, the form with %s norm", (norm) => {
    const model = build(join(goldens, `wav2vec2-${norm}.safetensors`));
    expect(model.getLayer("convolution_1").getClassName()).toBe(
      norm === "group" ? "WaveFilters" : "GeluConvolution",
    );
    expect(model.getLayer("block_2").outputShape).toEqual([null, 6, 16]);
    const x = tf.expandDims(tensorOf(goldenOf(norm).samples), 2);
    const positions = norm === "group" ? "norm" : "positions"; // the same whatever the heads
    expect(distance(outputOf(model, positions, x), tensorOf(goldenOf(norm).hiddenStates[0]!))).toBeLessThan(
      1e-4,
    );
  });

  it("are read from a whole checkpoint too: pre-training's quantiser is left out", async () => {
    const extra = { name: "quantizer.codevectors", shape: [1], values: Float32Array.of(1) };
    await expect(fileWith([...weightsOf("group"), extra]).then(build)).resolves.toBeDefined();
  });

  it.each<[string, (arrays: NamedArray[]) => NamedArray[], RegExp]>([
    [
      "a missing array",
      (arrays) => arrays.filter(({ name }) => name !== "encoder.layers.1.attention.k_proj.bias"),
      /model\.safetensors.*encoder\.layers\.1\.attention\.k_proj\.bias is missing/,
    ],
    [
      "an array of another shape",
      (arrays) =>
        arrays.map((array) =>
          array.name === "encoder.layer_norm.bias"
            ? { ...array, shape: [15], values: array.values.subarray(0, 15) }
            : array,
        ),
      /encoder\.layer_norm\.bias is \[15\], where this network has \[16\]/,
    ],
    [
      "an array that it does not know",
      (arrays) => [...arrays, { name: "encoder.adapter.bias", shape: [1], values: Float32Array.of(1) }],
      /encoder\.adapter\.bias is no part of this network/,
    ],
  ])("with %s are refused by name", async (_, change, message) => {
    const file = await fileWith(change([...weightsOf("group")]));
    expect(() => build(file)).toThrow(LabError);
    expect(() => build(file)).toThrow(message);
  });

  it("cut short, or not there, are refused by name", async () => {
    const whole = readFileSync(join(goldens, "wav2vec2-group.safetensors"));
    const file = join(temporaryFolder("wav2vec2"), "short.safetensors");
    await writeFile(file, whole.subarray(0, whole.length - 100));
    expect(() => build(file)).toThrow(/short\.safetensors.*cut off/);
    expect(() => build("no-such-file.safetensors")).toThrow(/no-such-file\.safetensors.*/);
    expect(() => build("no-such-file.safetensors")).toThrow(LabError);
  });
});
