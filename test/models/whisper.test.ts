import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { decodeSafetensors } from "../../src/core/safetensors.js";
import { packageRoot } from "../../src/core/settings.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import type { WeightsByName } from "../../src/core/weights-store.js";
import { modelFromFiles, modelToFiles } from "../../src/models/artifacts.js";
import { throughFrontEnd } from "../../src/models/pretrained.js";
import {
  buildWhisper,
  buildWhisperEncoder,
  pretrainedWhisper,
  putWhisperWeights,
  whisperSizes,
} from "../../src/models/whisper.js";
import { distance } from "../kernels/backends.js";

interface Packed {
  shape: number[];
  values: string;
}
const golden = JSON.parse(
  readFileSync(join(__dirname, "..", "goldens", "models", "transformers-whisper.json"), "utf8"),
) as {
  source: string;
  small: { weights: Record<string, Packed>; cases: { frames: number; states: Packed[] }[] };
  real: Record<string, { frames: number; every: number; states: number[][] }>;
};

const floats = ({ values }: Packed) => new Float32Array(new Uint8Array(Buffer.from(values, "base64")).buffer);
/** The log-mel that scripts/goldens/whisper.py makes too. */
const sound = (frames: number, bands: number): Float32Array =>
  Float32Array.from({ length: frames * bands }, (_, i) => {
    const [t, b] = [Math.floor(i / bands), i % bands];
    return 0.8 * Math.sin(0.37 * t + 0.11 * b) + 0.2 * Math.cos(0.05 * t * b);
  });
const smallShape = { channels: 16, heads: 2, blocks: 2 };
const smallWeights: WeightsByName = new Map(
  Object.entries(golden.small.weights).map(([name, packed]) => [
    name,
    { name, shape: packed.shape, values: floats(packed) },
  ]),
);

beforeAll(() => void loadTensorFlow());

describe("Whisper's encoder", () => {
  it.each(
    golden.small.cases.flatMap(({ frames, states }) =>
      [0, 1, 2].map((blocks) => ({ frames, blocks, states })),
    ),
  )(
    `equals ${golden.source} within 1e-4 after $blocks blocks of $frames frames, not padded`,
    ({ frames, blocks, states }) => {
      const model = buildWhisperEncoder(smallShape, blocks, { bands: 6, mostFrames: 12 });
      putWhisperWeights(model, smallWeights);
      const y = model.apply(tf.tensor3d(sound(frames, 6), [1, frames, 6])) as tf.Tensor;
      const expected = states[blocks]!;
      expect(distance(y, tf.tensor(floats(expected), [1, ...expected.shape]))).toBeLessThan(1e-4);
    },
  );

  it("starts from Whisper's own positions where no weights are put in", () => {
    const model = buildWhisperEncoder(smallShape, 0, { bands: 6, mostFrames: 12 });
    const expected = golden.small.weights["model.encoder.embed_positions.weight"]!;
    expect(distance(model.getWeights().at(-1)!, tf.tensor(floats(expected), expected.shape))).toBeLessThan(
      1e-5,
    );
  });

  it("refuses a sound that is longer than its positions, and weights of another network", () => {
    const model = buildWhisperEncoder(smallShape, 1, { bands: 6, mostFrames: 12 });
    expect(() => model.apply(tf.zeros([1, 26, 6]))).toThrow(/13 frames.*positions for 12/);
    const others = new Map([...smallWeights].filter(([name]) => !name.endsWith("fc2.weight")));
    expect(() => putWhisperWeights(model, others)).toThrow(/lack model.encoder.layers.0.fc2.weight/);
  });
});

const folder = join(packageRoot, "..", "shared", "weights");
describe.runIf(existsSync(folder)).each(Object.entries(golden.real))(
  "the real encoder %s",
  (size, reference) => {
    it(`equals ${golden.source} within 1e-4 of the largest number after every block`, () => {
      const { file, ...shape } = whisperSizes[size]!;
      const path = join(folder, file!.name);
      const { arrays } = decodeSafetensors(readFileSync(path), path);
      const weights = new Map(arrays.map((array) => [array.name, array]));
      const { frames, every, states } = reference;
      const x = tf.tensor3d(sound(frames, 80), [1, frames, 80]);
      for (const blocks of [0, shape.blocks - 1, shape.blocks]) {
        const model = buildWhisperEncoder(shape, blocks);
        putWhisperWeights(model, weights);
        const values = (model.apply(x) as tf.Tensor).dataSync();
        const expected = states[blocks]!;
        const largest = Math.max(1, ...expected.map(Math.abs));
        const differences = expected.map((value, i) => Math.abs(value - values[i * every]!) / largest);
        expect(Math.max(...differences)).toBeLessThan(1e-4);
        model.dispose();
      }
    });
  },
);

describe("the classifier on Whisper's blocks", () => {
  const small = { size: "random-small", bands: 32, frames: 10, tunedBlocks: 1, headUnits: 8 };

  it("has 9.85 million parameters for base and 3.85 million for tiny.en", () => {
    expect(buildWhisper().countParams()).toBe(9_854_220);
    expect(buildWhisper({ size: "tiny.en", bands: 384, tunedBlocks: 2 }).countParams()).toBe(3_847_307);
  });

  it("does not hear what surrounds a clip", () => {
    const model = buildWhisper(small);
    const x = tf.randomNormal([1, 6, 32], 0, 1, "float32", 1);
    const place = (before: number): tf.Tensor =>
      model.apply(
        tf.pad(x, [
          [0, 0],
          [before, 4 - before],
          [0, 0],
        ]),
      ) as tf.Tensor;
    expect(distance(place(0), place(3))).toBeLessThan(1e-5);
  });

  it("spreads a gradient to every weight, and starts from the same ones for the same seed", () => {
    const model = buildWhisper(small);
    const x = tf.randomNormal([2, 10, 32], 0, 1, "float32", 2);
    const { grads } = tf.variableGrads(() =>
      tf.sum(tf.square(model.apply(x, { training: true }) as tf.Tensor)).asScalar(),
    );
    const untouched = model.trainableWeights.filter((weight) => {
      const grad = grads[(weight as unknown as { val: tf.Variable }).val.name];
      return grad === undefined || tf.max(tf.abs(grad)).dataSync()[0] === 0;
    });
    expect(untouched.map((weight) => weight.name)).toEqual([]);
    const numbers = (seed: number) =>
      buildWhisper({ ...small, seed })
        .getWeights()
        .map((w) => [...w.dataSync()]);
    expect(numbers(1)).toEqual(numbers(1));
    expect(numbers(2)).not.toEqual(numbers(1));
  });

  it("with its front end is the whole encoder: frozen blocks, then tuned ones", () => {
    const clip = { values: sound(21, 80), frames: 21, bands: 80 };
    const parts = pretrainedWhisper({ size: "random-small", tunedBlocks: 1 });
    expect([parts.frontEnd, parts.channels]).toEqual(["whisper-random-small-frozen-1", 32]);
    const frozen = throughFrontEnd(parts.buildFrontEnd(null), clip);
    expect([frozen.frames, frozen.bands]).toEqual([11, 32]);
    const model = buildWhisper({ ...small, frames: 11 });
    const lastBlock = tf.model({
      inputs: model.inputs,
      outputs: model.getLayer("block_2").output as tf.SymbolicTensor,
    });
    const y = lastBlock.apply(tf.tensor3d(frozen.values, [1, 11, 32])) as tf.Tensor;
    const whole = buildWhisperEncoder(whisperSizes["random-small"]!, 2);
    const expected = whole.apply(tf.tensor3d(clip.values, [1, 21, 80])) as tf.Tensor;
    expect(distance(y, expected)).toBeLessThan(5e-3); // float16 lies between the two
  });

  it("cuts a long sound to the middle 30 s that there are positions for", () => {
    const frontEnd = pretrainedWhisper({ size: "random-small", tunedBlocks: 2 }).buildFrontEnd(null);
    const long = throughFrontEnd(frontEnd, { values: sound(3400, 80), frames: 3400, bands: 80 });
    const middle = throughFrontEnd(frontEnd, {
      values: sound(3400, 80).subarray(200 * 80, 3200 * 80),
      frames: 3000,
      bands: 80,
    });
    expect(long).toEqual(middle);
    expect(long.frames).toBe(1500);
  });

  it("is read again from its files, the front end too", async () => {
    const x = tf.randomNormal([2, 10, 32], 0, 1, "float32", 3);
    const model = buildWhisper(small);
    const again = await modelFromFiles(await modelToFiles(model, "float32"));
    expect(distance(model.apply(x) as tf.Tensor, again.apply(x) as tf.Tensor)).toBe(0);
    const frontEnd = pretrainedWhisper({ size: "random-small", tunedBlocks: 1 }).buildFrontEnd(null);
    const frontEndAgain = await modelFromFiles(await modelToFiles(frontEnd, "float32"));
    const clip = { values: sound(30, 80), frames: 30, bands: 80 };
    expect(throughFrontEnd(frontEndAgain, clip)).toEqual(throughFrontEnd(frontEnd, clip));
  });

  it("refuses a size, a number of blocks and an input that do not exist", () => {
    expect(() => buildWhisper({ size: "huge" })).toThrow(LabError);
    expect(() => buildWhisper({ size: "huge" })).toThrow(/no Whisper of size "huge".*base, tiny.en/);
    expect(() => buildWhisper({ tunedBlocks: 7 })).toThrow(/tunedBlocks is 7.*6 blocks/);
    expect(() => buildWhisper({ size: "tiny.en" })).toThrow(/384 channels, and the input 512/);
  });
});
