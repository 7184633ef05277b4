import { beforeAll, describe, expect, it } from "vitest";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { buildResNet } from "../../src/models/resnet.js";
import { runTrainingLoop } from "../../src/training/loop.js";
import type { TrainingOptions } from "../../src/training/run-spec.js";
import { temporaryRunFiles, toyExamples, toyNetwork, toyShape, toyTraining } from "./toy.js";

/** How far numbers may be from those of another machine or number of threads (docs/robustness.md). */
const mostOf = { smallSteps: 1e-4, usualSteps: 0.01 };

async function trainTwoEpochs(options: Partial<TrainingOptions>) {
  const hash = "0123456789abcdef";
  const model = buildResNet({ ...toyNetwork, ...toyShape, seed: 0 });
  try {
    const { history } = await runTrainingLoop({
      ...{ model, train: toyExamples(32, 1), validation: toyExamples(24, 2), seed: 0, runHash: hash },
      options: { ...toyTraining, epochs: 2, ...options },
      ...{ files: temporaryRunFiles(hash), checkpoint: null },
    });
    return history;
  } finally {
    model.dispose();
  }
}

const expectWithin = (value: number | null, expected: number, most: number): void =>
  expect(Math.abs(value! - expected), `${value} instead of ${expected}`).toBeLessThanOrEqual(most);

// Pinned on Node 20.20 with two threads. CI runs this with every Node that is supported, on machines of other processors.
describe("two epochs", () => {
  beforeAll(() => void loadTensorFlow());

  it(`of small steps come to the same losses within ${mostOf.smallSteps}, whatever runs them`, async () => {
    const [first, second] = await trainTwoEpochs({ learningRate: 1e-5 });
    expectWithin(first!.trainLoss, 2.2331560850143433, mostOf.smallSteps);
    expectWithin(second!.trainLoss, 2.2591498494148254, mostOf.smallSteps);
    expectWithin(second!.validationLoss, 2.1341995449636277, mostOf.smallSteps);
  });

  it(`of usual steps come to the first epoch's training loss within ${mostOf.usualSteps}`, async () => {
    const [first] = await trainTwoEpochs({});
    expectWithin(first!.trainLoss, 2.1648132503032684, mostOf.usualSteps);
  });
});
