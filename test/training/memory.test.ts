import { beforeAll, describe, expect, it } from "vitest";
import { InterruptedError } from "../../src/core/errors.js";
import { createRandom } from "../../src/core/random.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { architectures, completeOptions, type ModelOptions } from "../../src/models/registry.js";
import type { Example } from "../../src/training/example.js";
import { runTrainingLoop } from "../../src/training/loop.js";
import { recipeFor } from "../../src/training/recipes.js";
import { temporaryRunFiles, toyClip, toyNetwork, toyTraining } from "./toy.js";

beforeAll(() => void loadTensorFlow());

/** The tensors there are after the second step and after the last one, through the loop that trains every run. */
async function tensorsOver(steps: number, name: string, given: ModelOptions, frames: number, width: number) {
  const tf = loadTensorFlow();
  const architecture = architectures.find((one) => one.name === name)!;
  const options = completeOptions(architecture, given);
  const bands = architecture.pretrained?.(options).channels ?? width; // behind a front end, what that one gives
  const shape = { frames, bands, classes: 8 };
  const random = createRandom(1);
  const examples: Example[] = Array.from({ length: 4 }, (_, i) => ({
    clip: toyClip(i, i),
    features: { values: Float32Array.from({ length: frames * bands }, () => random.normal()), frames, bands },
    label: i,
  }));
  const stop = { requested: false, request: () => undefined, release: () => undefined };
  const model = architecture.build(options, shape, 0);
  const { waveAugmentation: _none, ...training } = toyTraining;
  const counts: number[] = [];
  try {
    await runTrainingLoop({
      model,
      // One epoch longer than the steps asked for: no validation and no checkpoint in between.
      train: Array.from({ length: 2 * steps + 2 }, (_, i) => examples[i % examples.length]!),
      validation: examples,
      options: { ...training, frames, batchSize: 2, epochs: 2, sampling: "every-clip", learningRate: 1e-4 },
      seed: 0,
      runHash: "0123456789abcdef",
      files: temporaryRunFiles("0123456789abcdef"),
      checkpoint: null,
      onProgress: () => {
        counts.push(tf.memory().numTensors);
        if (counts.length === steps) stop.requested = true;
      },
      stop,
    });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
  } finally {
    model.dispose();
  }
  expect(counts).toHaveLength(steps);
  return [counts[1], counts.at(-1)];
}

/** Steps of every architecture; `npm run leaks` takes 1,000. */
const steps = Number(process.env.AFFECTLAB_LEAK_STEPS ?? 5);

describe("memory", () => {
  it("holds as many tensors after 1,000 steps as after 2", async () => {
    const [early, late] = await tensorsOver(1000, "resnet", toyNetwork, 16, 8);
    expect(late).toBe(early);
  }, 300_000);

  it.each(architectures.map(({ name }) => name))(
    `holds as many tensors after ${steps} steps as after 2: %s`,
    async (name) => {
      const { features, options } = recipeFor(name, "sample");
      const isWaveform = features.kind === "waveform";
      const [early, late] = await tensorsOver(
        steps,
        name,
        options,
        isWaveform ? 2048 : 64,
        isWaveform ? 1 : 64,
      );
      expect(late).toBe(early);
    },
    3_600_000,
  ); // a test cut off would dispose its tensors under the next one
});
