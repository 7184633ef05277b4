import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { InterruptedError } from "../../src/core/errors.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { softCrossEntropy } from "../../src/kernels/cross-entropy.js";
import { modelFromFiles, modelToFiles } from "../../src/models/artifacts.js";
import { computeInHalfPrecision } from "../../src/models/half-precision.js";
import { buildLstm } from "../../src/models/lstm.js";
import { architectureNamed } from "../../src/models/registry.js";
import { readCheckpoint } from "../../src/training/checkpoint.js";
import { runTrainingLoop } from "../../src/training/loop.js";
import { createOptimiser } from "../../src/training/optimiser.js";
import type { RunFiles } from "../../src/training/run-store.js";
import { modelVariables } from "../../src/training/variables.js";
import { distance } from "../kernels/backends.js";
import { temporaryRunFiles, toyExamples, toyShape, toyTraining } from "../training/toy.js";

beforeAll(() => void loadTensorFlow());
const small = { frames: 12, bands: 8, units: [16, 16], headUnits: 16 };
const numbers = (model: tf.LayersModel): number[] =>
  model.getWeights().flatMap((weight) => [...weight.dataSync()]);
const input = (frames = 12, seed = 1) => tf.randomNormal([3, frames, 8], 0, 1, "float32", seed);
/** Zeros before and after, as around a clip that is shorter than its row. */
const padded = (x: tf.Tensor, before: number, after: number) =>
  tf.pad(x, [
    [0, 0],
    [before, after],
    [0, 0],
  ]);

describe("the LSTM network", () => {
  it("has 190,154 parameters, all learnt but the two dropouts' counts of steps", () => {
    const model = buildLstm();
    expect(model.countParams()).toBe(190_154);
    expect(modelVariables(model).fixed.map((variable) => variable.size)).toEqual([1, 1]);
    expect(architectureNamed("lstm").title).toContain("190 thousand parameters");
  });

  it("takes [batch, frames, bands] and gives a logit for each class", () => {
    const model = buildLstm({ ...small, classes: 5 });
    expect(model.inputs[0]!.shape).toEqual([null, 12, 8]);
    const logits = model.apply(input()) as tf.Tensor;
    expect(logits.shape).toEqual([3, 5]);
    const sums = tf.sum(logits, 1).dataSync();
    expect([...sums].every((sum) => Number.isFinite(sum) && Math.abs(sum - 1) > 1e-3)).toBe(true); // no softmax yet
  });

  it("gives a clip the same answer wherever padding puts it", () => {
    const alone = buildLstm({ ...small, frames: 12 });
    const roomy = buildLstm({ ...small, frames: 30 });
    const answer = alone.apply(input()) as tf.Tensor;
    for (const before of [0, 7, 18]) {
      const answerInside = roomy.apply(padded(input(), before, 18 - before)) as tf.Tensor;
      expect(distance(answerInside, answer)).toBeLessThan(2e-6);
    }
  });

  it("hears the order of frames", () => {
    const model = buildLstm(small);
    const x = input();
    const turned = tf.reverse(x, 1);
    expect(distance(model.apply(x) as tf.Tensor, model.apply(turned) as tf.Tensor)).toBeGreaterThan(1e-3);
  });

  it("starts from the same weights for the same seed, from others for another", () => {
    const matrices = (seed: number) =>
      buildLstm({ ...small, seed })
        .getWeights()
        .filter((weight) => weight.rank === 2 && weight.shape[1] !== 1)
        .map((weight) => [...weight.dataSync()]);
    expect(matrices(1)).toEqual(matrices(1));
    const first = matrices(1).flat();
    expect(
      matrices(2)
        .flat()
        .filter((value, i) => value === first[i]).length,
    ).toBe(0);
    expect(new Set(matrices(1).map((matrix) => matrix.slice(0, 4).join())).size).toBe(matrices(1).length);
  });

  it("spreads a gradient to every weight that is learnt", () => {
    const model = buildLstm(small);
    const { trained } = modelVariables(model);
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.square(model.apply(input(), { training: true }) as tf.Tensor)).asScalar(),
      trained as tf.Variable[],
    );
    const untouched = trained.filter(({ name }) => tf.sum(tf.abs(grads[name]!)).dataSync()[0] === 0);
    expect(untouched.map(({ name }) => name)).toEqual([]);
  });

  it("comes back from its files to the bit, and has the same files each time it is built", async () => {
    const model = buildLstm(small);
    const files = await modelToFiles(model, "float32");
    const again = await modelFromFiles(files);
    expect(numbers(again)).toEqual(numbers(model));
    expect(distance(again.apply(input()) as tf.Tensor, model.apply(input()) as tf.Tensor)).toBe(0);
    const other = await modelToFiles(buildLstm(small), "float32");
    expect(JSON.stringify(other.modelJson)).toBe(JSON.stringify(files.modelJson));
  });

  it("computes in float32 in a bf16 run too: recurrent states are not rounded", () => {
    const [plain, half] = [buildLstm(small), buildLstm(small)];
    computeInHalfPrecision(half);
    const logits = (model: tf.LayersModel) => model.apply(input(), { training: true }) as tf.Tensor;
    expect(distance(logits(half), logits(plain))).toBe(0);
  });

  it("leaves no tensor behind in 1,000 training steps", () => {
    const model = buildLstm({ ...small, frames: 5, units: [16, 16] });
    const { trained, fixed } = modelVariables(model);
    const optimiser = createOptimiser(trained, fixed, { weightDecay: 0.01, clipNorm: 1, averageDecay: 0.9 });
    const x = padded(input(4), 1, 0);
    const labels = tf.softmax(tf.randomNormal<tf.Rank.R2>([3, 8], 0, 1, "float32", 2));
    const step = () =>
      tf.tidy(() => {
        const { grads } = tf.variableGrads(
          () => softCrossEntropy(model.apply(x, { training: true }) as tf.Tensor2D, labels as tf.Tensor2D),
          trained as tf.Variable[],
        );
        optimiser.apply(
          trained.map(({ name }) => grads[name]!),
          1e-3,
        );
      });
    step();
    const { numTensors, numBytes } = tf.memory();
    for (let i = 0; i < 1000; i++) step();
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
  }, 300_000);
});

describe("training the LSTM network", () => {
  const hash = "0123456789abcdef";
  const train = toyExamples(32, 1);
  const validation = toyExamples(24, 2);

  async function trainToy(epochs: number, files: RunFiles, stopAfter = Number.POSITIVE_INFINITY) {
    const model = buildLstm({ ...toyShape, units: [16], headUnits: 16, dropout: 0.2 });
    const stop = { requested: false, request: () => undefined, release: () => undefined };
    let steps = 0;
    try {
      const state = await runTrainingLoop({
        model,
        train,
        validation,
        options: { ...toyTraining, epochs, learningRate: 2e-2 },
        seed: 0,
        runHash: hash,
        files,
        checkpoint: await readCheckpoint(files.last, hash),
        onProgress: () => {
          steps++;
          stop.requested = steps >= stopAfter;
        },
        stop,
      });
      return { state, weights: (await readCheckpoint(files.last, hash))!.optimiser.weights };
    } finally {
      model.dispose();
    }
  }

  it("learns: the loss falls clearly and validation is far above chance", async () => {
    const { state } = await trainToy(15, temporaryRunFiles(hash));
    expect(state.history.at(-1)!.trainLoss).toBeLessThan(0.75 * state.history[0]!.trainLoss);
    expect(state.bestUar).toBeGreaterThan(0.5); // chance is 0.125
  });

  it("stopped and resumed ends with the numbers of a run that never stopped, dropout included", async () => {
    const whole = await trainToy(3, temporaryRunFiles(hash));
    const files = temporaryRunFiles(hash);
    await expect(trainToy(3, files, 6)).rejects.toThrow(InterruptedError);
    const resumed = await trainToy(3, files);
    expect([...resumed.weights]).toEqual([...whole.weights]);
  });
});
