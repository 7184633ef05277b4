import { existsSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { InterruptedError } from "../../src/core/errors.js";
import type { ProgressState } from "../../src/core/progress.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { buildResNet } from "../../src/models/resnet.js";
import { readCheckpoint } from "../../src/training/checkpoint.js";
import { DivergedError } from "../../src/training/diverged-error.js";
import type { EpochRecord } from "../../src/training/history.js";
import { readHistory } from "../../src/training/history.js";
import { runTrainingLoop } from "../../src/training/loop.js";
import type { TrainingOptions } from "../../src/training/run-spec.js";
import type { RunFiles } from "../../src/training/run-store.js";
import { temporaryRunFiles, toyExamples, toyNetwork, toyShape, toyTraining } from "./toy.js";

beforeAll(() => void loadTensorFlow());
const train = toyExamples(32, 1);
const validation = toyExamples(24, 2);
const hash = "0123456789abcdef";

interface Choice {
  readonly options?: Partial<TrainingOptions>;
  readonly seed?: number;
  readonly files?: RunFiles;
  /** Asks to stop after so many steps of this start. */
  readonly stopAfter?: number;
  readonly onProgress?: (state: ProgressState) => void;
  readonly device?: string;
}

/** Trains the toy network, or goes on with it where the files hold a checkpoint. */
async function trainToy(choice: Choice = {}) {
  const {
    options = {},
    seed = 0,
    files = temporaryRunFiles(hash),
    stopAfter = Number.POSITIVE_INFINITY,
  } = choice;
  let steps = 0;
  const stop = { requested: false, request: () => undefined, release: () => undefined };
  const model = buildResNet({ ...toyNetwork, ...toyShape, seed });
  try {
    const state = await runTrainingLoop({
      model,
      train,
      validation,
      options: { ...toyTraining, ...options },
      seed,
      runHash: hash,
      files,
      checkpoint: await readCheckpoint(files.last, hash),
      ...(choice.device !== undefined && { device: choice.device }),
      onProgress: (progress) => {
        choice.onProgress?.(progress);
        steps++;
        if (steps >= stopAfter) stop.requested = true;
      },
      stop,
    });
    const last = (await readCheckpoint(files.last, hash))!;
    return { state, files, last, history: withoutSeconds(state.history) };
  } finally {
    model.dispose();
  }
}

/** Everything in a history but how long it took. */
function withoutSeconds(history: readonly EpochRecord[]) {
  return history.map(({ seconds: _, ...record }) => record);
}

describe("the training loop", () => {
  it("learns: the loss falls clearly and validation is far above chance", async () => {
    const progress: ProgressState[] = [];
    const { state, history, files } = await trainToy({ onProgress: (now) => progress.push(now) });
    expect(state.epoch).toBe(10);
    expect(history.at(-1)!.trainLoss).toBeLessThan(0.75 * history[0]!.trainLoss);
    expect(state.bestUar).toBeGreaterThan(0.5); // chance is 0.125
    expect(state.bestUar).toBe(Math.max(...history.map((record) => record.validationUar!)));
    expect(history[state.bestEpoch - 1]!.validationUar).toBe(state.bestUar);
    // progress: every step once, in order, with what there is to say
    expect(progress.map(({ done }) => done)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(progress.at(-1)).toMatchObject({ task: "epoch 10 of 10", total: 40, etaSeconds: 0 });
    expect(progress.at(-1)!.note).toMatch(/^loss \d\.\d{3}, validation UAR \d+\.\d%$/);
    expect(progress.at(-1)!.rate).toBeGreaterThan(0);
    // history.csv holds the same, to six digits
    const file = await readHistory(files.history);
    expect(file.length).toBe(10);
    expect(file[9]!.trainLoss).toBeCloseTo(history[9]!.trainLoss, 4);
  });

  it("gives the same numbers for the same seed, others for another", async () => {
    const options = { epochs: 2 };
    const [first, second, other] = [
      await trainToy({ options }),
      await trainToy({ options }),
      await trainToy({ options, seed: 1 }),
    ];
    expect(second.last.optimiser).toEqual(first.last.optimiser);
    expect(second.history).toEqual(first.history);
    expect(other.history[0]!.trainLoss).not.toBe(first.history[0]!.trainLoss);
  });

  it("stopped in the middle of epochs and gone on with, ends on the bits of a run that never stopped", async () => {
    const options = { epochs: 4, averageDecay: 0.9 };
    const whole = await trainToy({ options });
    const files = temporaryRunFiles(hash);
    // stops in epoch 1, at the very end of epoch 2, in the epoch after, and in the last
    for (const stopAfter of [2, 6, 1, 5]) {
      await expect(trainToy({ options, files, stopAfter })).rejects.toThrow(InterruptedError);
    }
    const middle = (await readCheckpoint(files.last, hash))!;
    expect(middle.state).toMatchObject({ epoch: 3, stepInEpoch: 2 });
    expect(middle.optimiser.step).toBe(14);
    const resumed = await trainToy({ options, files });
    expect(resumed.last.optimiser).toEqual(whole.last.optimiser);
    expect(resumed.history).toEqual(whole.history);
    const { seconds: _, history: __, ...state } = resumed.state;
    expect(whole.state).toMatchObject(state);
    expect((await readCheckpoint(files.best, hash))!.optimiser).toEqual(
      (await readCheckpoint(whole.files.best, hash))!.optimiser,
    );
  });

  it("remembers what has trained it, each once and in order, and nothing that trained no step", async () => {
    const files = temporaryRunFiles(hash);
    const options = { epochs: 2 };
    for (const device of ["a card", "a card", "a processor"]) {
      await expect(trainToy({ options, files, device, stopAfter: 2 })).rejects.toThrow(InterruptedError);
    }
    const done = await trainToy({ options, files, device: "a processor" });
    expect(done.state.devices).toEqual(["a card", "a processor"]);
    const again = await trainToy({ options, files, device: "another" });
    expect(again.state.devices).toEqual(["a card", "a processor"]);
  });

  it("told to stop during the last epoch's last step, is finished: nothing is left to keep", async () => {
    const { state } = await trainToy({ options: { epochs: 1 }, stopAfter: 4 });
    expect(state).toMatchObject({ epoch: 1, stepInEpoch: 0, bestEpoch: 1 });
  });

  it("finished before, returns at once", async () => {
    const options = { epochs: 1 };
    const { files, last } = await trainToy({ options });
    let steps = 0;
    const again = await trainToy({ options, files, onProgress: () => steps++ });
    expect(steps).toBe(0);
    expect(again.last).toEqual(last);
  });

  it("stops early when validation stands still for the patience, and keeps the best epoch", async () => {
    // a learning rate of nearly nothing: validation never gets better than after the first epoch
    const options = { epochs: 30, learningRate: 1e-12, averageDecay: 0, patienceEpochs: 2 };
    const { state, files } = await trainToy({ options });
    expect(state).toMatchObject({ epoch: 3, bestEpoch: 1 });
    expect((await readCheckpoint(files.best, hash))!.state.epoch).toBe(1);
  });

  it("stops early at a validation alone, though patience ends between two", async () => {
    const options = { epochs: 30, learningRate: 1e-12, averageDecay: 0, patienceEpochs: 3 };
    const { state, history } = await trainToy({ options: { ...options, validateEveryEpochs: 5 } });
    expect(state).toMatchObject({ epoch: 10, bestEpoch: 5 });
    expect(history.at(-1)!.validationUar).not.toBeNull();
  });

  it("keeps the best, the last and every tenth epoch, and validates when it is due and at the end", async () => {
    const options = { epochs: 21, batchSize: 32, validateEveryEpochs: 5, warmupEpochs: 2 };
    const { files, history, state } = await trainToy({ options });
    const kept = Array.from({ length: 21 }, (_, i) => i + 1).filter((epoch) =>
      existsSync(files.epoch(epoch)),
    );
    expect(kept).toEqual([10, 20]);
    expect((await readCheckpoint(files.epoch(10), hash))!.state.epoch).toBe(10);
    expect((await readCheckpoint(files.last, hash))!.state.epoch).toBe(21);
    expect((await readCheckpoint(files.best, hash))!.state.epoch).toBe(state.bestEpoch);
    const validated = history.filter((record) => record.validationUar !== null).map(({ epoch }) => epoch);
    expect(validated).toEqual([5, 10, 15, 20, 21]);
    expect(
      history.every((record) => (record.validationUar === null) === (record.validationLoss === null)),
    ).toBe(true);
    expect(history[0]!.learningRate).toBeCloseTo(0.005, 10);
    expect(history[1]!.learningRate).toBeCloseTo(0.01, 10);
  });

  it("that diverges says so and what to do", async () => {
    const options = { epochs: 3, learningRate: 1e30, clipNorm: null };
    const told = trainToy({ options });
    await expect(told).rejects.toThrow(DivergedError);
    await expect(told).rejects.toThrow(/Training diverged.*learningRate/);
  });

  it("that diverges with the last step of an epoch says so in validation, by the same class", async () => {
    const options = { epochs: 1, batchSize: train.length, warmupEpochs: 0, learningRate: 1e30 };
    const told = trainToy({ options });
    await expect(told).rejects.toThrow(DivergedError);
    await expect(told).rejects.toThrow(/no number for toy\/.*diverged.*learningRate/);
  });

  it("learns with balanced sampling and balanced weights as well", async () => {
    const options = { sampling: "balanced", classWeights: "balanced" } as const;
    const { state } = await trainToy({ options });
    expect(state.bestUar).toBeGreaterThan(0.5);
  });
});
