import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { softCrossEntropy } from "../../src/kernels/cross-entropy.js";
import { modelFromFiles, modelToFiles } from "../../src/models/artifacts.js";
import { architectureNamed } from "../../src/models/registry.js";
import { createOptimiser } from "../../src/training/optimiser.js";
import { modelVariables } from "../../src/training/variables.js";
import { type paths, usePath } from "../kernels/backends.js";

/** What every network on the spectrogram has to do, and the numbers that are its own. */
export interface NetworkUnderTest<Options> {
  /** Its name in the registry. */
  readonly name: string;
  readonly build: (options?: Options) => tf.LayersModel;
  /** Options of a network that is built and run in milliseconds, of 24 frames and 16 bands. */
  readonly small: Options;
  readonly parameters: number;
  readonly learnt: number;
  /** Other options that it can be built with. */
  readonly variants: readonly Options[];
}

interface CommonOptions {
  readonly classes?: number;
  readonly seed?: number;
}

const numbers = (model: tf.LayersModel): number[] =>
  model.getWeights().flatMap((weight) => [...weight.dataSync()]);

/** Random input of the model's own shape. */
function inputFor(model: tf.LayersModel, batch: number, seed: number): tf.Tensor {
  const [, ...shape] = model.inputs[0]!.shape as number[];
  return tf.randomNormal([batch, ...shape], 0, 1, "float32", seed);
}

/** Holds a network to its shapes, sizes, seeds, gradients, files and memory, and to learning. */
export function describeNetwork<Options extends CommonOptions>(network: NetworkUnderTest<Options>): void {
  const { name, build, small, parameters, learnt, variants } = network;
  beforeAll(() => void loadTensorFlow());

  it(`has ${parameters} parameters, of which ${learnt} are learnt`, () => {
    const model = build();
    expect(model.countParams()).toBe(parameters);
    expect(modelVariables(model).trained.reduce((sum, { size }) => sum + size, 0)).toBe(learnt);
  });

  it("is in the registry with these defaults, its size in the title", () => {
    const { title, defaults, build: buildRegistered } = architectureNamed(name);
    const size =
      parameters < 1e6
        ? `${Math.round(parameters / 1e3)} thousand`
        : `${(parameters / 1e6).toFixed(1)} million`;
    expect(title).toContain(`${size} parameters`);
    const model = buildRegistered(defaults, { frames: 128, bands: 64, classes: 8 }, 0);
    expect(JSON.stringify(model.toJSON(null, false))).toBe(JSON.stringify(build().toJSON(null, false)));
    const other = numbers(build());
    expect(numbers(model).every((value, i) => value === other[i])).toBe(true);
  });

  it("takes [batch, frames, bands, 1] and gives a logit for each class", () => {
    const model = build({ ...small, classes: 5 });
    expect(model.inputs[0]!.shape).toEqual([null, 24, 16, 1]);
    const logits = model.apply(inputFor(model, 3, 1)) as tf.Tensor;
    expect(logits.shape).toEqual([3, 5]);
    const sums = tf.sum(logits, 1).dataSync();
    expect([...sums].every((sum) => Number.isFinite(sum) && Math.abs(sum - 1) > 1e-3)).toBe(true); // no softmax yet
  });

  it.each(variants.map((variant) => [variant]))("is built for %j", (variant) => {
    const model = build({ ...small, ...variant });
    const y = model.apply(inputFor(model, 2, 1), { training: true }) as tf.Tensor;
    expect([...y.dataSync()].every(Number.isFinite)).toBe(true);
  });

  it("starts from the same weights for the same seed, from others for another", () => {
    const first = numbers(build({ ...small, seed: 1 }));
    expect(numbers(build({ ...small, seed: 1 }))).toEqual(first);
    const other = numbers(build({ ...small, seed: 2 }));
    expect(other.filter((value, i) => value === first[i] && value !== 0 && value !== 1)).toEqual([]);
  });

  it("gives the same files whatever was built before it, and the same logits when read from them", async () => {
    const topology = () => JSON.stringify(build(small).toJSON(null, false));
    expect(topology()).toBe(topology());
    const model = build({ ...small, seed: 3 });
    const x = inputFor(model, 4, 2);
    model.apply(x, { training: true }); // statistics that are not those of a new network
    const read = await modelFromFiles(await modelToFiles(model, "float32"));
    expect([...(read.apply(x) as tf.Tensor).dataSync()]).toEqual([
      ...(model.apply(x) as tf.Tensor).dataSync(),
    ]);
  });

  it("learns a batch by heart in 40 steps, and leaves no tensor behind in any of them", () => {
    const model = build({ ...small, classes: 4 });
    const { trained, fixed } = modelVariables(model);
    const optimiser = createOptimiser(trained, fixed, { weightDecay: 0, clipNorm: 5, averageDecay: 0.9 });
    const x = inputFor(model, 16, 4);
    const y = tf.oneHot(
      tf.tensor1d(
        Array.from({ length: 16 }, (_, i) => i % 4),
        "int32",
      ),
      4,
    );
    const labels = tf.cast(y, "float32") as tf.Tensor2D;
    const step = (): number =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(
          () => softCrossEntropy(model.apply(x, { training: true }) as tf.Tensor2D, labels),
          trained,
        );
        optimiser.apply(
          trained.map((variable) => grads[variable.name]!),
          5e-3,
        );
        return value.dataSync()[0]!;
      });
    const first = step();
    const { numTensors } = tf.memory();
    let last = first;
    for (let i = 0; i < 40; i++) last = step();
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(last).toBeLessThan(0.1 * first);
    optimiser.dispose();
  });

  describe("the gradient of every weight", () => {
    /** The gradients of a loss, weight by weight, on the backend of one path. */
    async function gradientsOn(path: (typeof paths)[number]): Promise<number[][]> {
      await usePath(path);
      const model = build(small);
      const x = inputFor(model, 8, 3);
      const { trained } = modelVariables(model);
      const loss = () => tf.sum(tf.square(model.apply(x, { training: true }) as tf.Tensor)).asScalar();
      const { grads } = tf.variableGrads(loss, trained);
      return trained.map((variable) => [...grads[variable.name]!.dataSync()]);
    }

    it("is the same from TensorFlow's kernels as from plain JavaScript, every time, and is not 0", async () => {
      const expected = await gradientsOn("portable");
      expect(expected.filter((gradient) => gradient.every((value) => value === 0))).toEqual([]);
      for (let round = 0; round < 4; round++) {
        const gradients = await gradientsOn("raw");
        gradients.forEach((gradient, i) => {
          const size = Math.max(...expected[i]!.map(Math.abs));
          const furthest = Math.max(...gradient.map((value, k) => Math.abs(value - expected[i]![k]!)));
          expect(furthest).toBeLessThan(1e-3 * size + 1e-4);
        });
      }
    });
  });
}
