import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Settings } from "../../src/core/settings.js";
import { loadTrainingData } from "../../src/training/data.js";
import { defineRun } from "../../src/training/define-run.js";
import { keepingScore } from "../../src/training/keeping-score.js";
import { predictExamples } from "../../src/training/predict-examples.js";
import { publishRun } from "../../src/training/publish.js";
import { restoreRuns } from "../../src/training/restore.js";
import { loadRunModel } from "../../src/training/run-model.js";
import { emptyRun, type Run, readRun, runFiles } from "../../src/training/run-store.js";
import { trainRun, trainUnjudged } from "../../src/training/train-run.js";
import { settingsWithTones, toneRequest } from "./toy-corpus.js";

let settings: Settings;
let first: Run;
let second: Run;

beforeAll(async () => {
  settings = await settingsWithTones();
  const train = async (seed: number) =>
    trainRun(await defineRun({ ...toneRequest, seed }, settings), { settings });
  [first, second] = [await train(0), await train(1)];
  for (const { hash } of [first, second]) await publishRun(hash, { settings, opusCopy: true });
});

const answersOf = async ({ spec }: Run) => {
  const { model } = await loadRunModel(spec, settings, "best");
  const { validation } = await loadTrainingData(spec, { settings });
  const answers = await predictExamples(model, validation, spec.training.frames);
  model.dispose();
  return answers;
};

describe("restoring published runs", () => {
  it("leaves alone what the store has", async () => {
    expect(await restoreRuns([], settings)).toEqual([]);
  });

  it("gives the store the runs that were published: nothing is trained again", async () => {
    const answers = await answersOf(first);
    for (const { hash } of [first, second]) await emptyRun(hash, settings);
    const restored = await restoreRuns(["resnet"], settings);
    expect(restored).toEqual([
      { hash: first.hash, place: "evar/resnet/seed-0", hasWeights: true },
      { hash: second.hash, place: "evar/resnet/seed-1", hasWeights: false },
    ]);
    expect(await readRun(first.hash, settings)).toEqual(first);
    expect(await trainRun(second.spec, { settings })).toEqual(second);
    for (const [i, { probabilities, predicted }] of (await answersOf(first)).entries()) {
      expect(predicted).toBe(answers[i]!.predicted);
      probabilities.forEach((p, k) => {
        expect(Math.abs(p - answers[i]!.probabilities[k]!)).toBeLessThanOrEqual(1e-3);
      });
    }
    expect(existsSync(runFiles(second.hash, settings).best)).toBe(false);
  });

  it("leaves nothing to train without the test either: the state at the end is told, no file is touched", async () => {
    for (const { hash, spec, metrics, validation } of [first, second]) {
      const { folder } = runFiles(hash, settings);
      const contents = () => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]);
      const before = contents();
      const tasks: string[] = [];
      const state = await trainUnjudged(spec, { settings, onProgress: ({ task }) => void tasks.push(task) });
      expect(tasks).toEqual([]);
      expect(contents()).toEqual(before);
      expect(state).toMatchObject({ epoch: metrics.epochs, bestEpoch: metrics.bestEpoch });
      expect(state.history).toHaveLength(metrics.epochs);
      expect(state.bestUar).toBe(keepingScore(validation, spec.training.keptBy));
    }
  });

  it("lets a restored run be published again as it was", async () => {
    const folders = await publishRun(first.hash, { settings, opusCopy: true });
    expect(folders).toContain(join(settings.root, "models", "resnet", "evar"));
  });

  it("names what is published when a row is not", async () => {
    await expect(restoreRuns(["resent"], settings)).rejects.toThrow('Nothing is published of "resent".');
  });
});
