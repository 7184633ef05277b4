import { appendFile, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { verifyPublished } from "../../src/cli/verify-published.js";
import type { Settings } from "../../src/core/settings.js";
import { loadCatalogue } from "../../src/corpora/catalogue.js";
import { defineRun } from "../../src/training/define-run.js";
import { publishRun } from "../../src/training/publish.js";
import type { Run } from "../../src/training/run-store.js";
import { trainRun } from "../../src/training/train-run.js";
import { temporaryFolder } from "../temporary-folder.js";
import { settingsWithTones, toneRequest } from "../training/toy-corpus.js";

describe("predicting again from published weights", () => {
  let settings: Settings;
  const runs: Record<"first" | "second" | "otherSeed", Run> = {} as never;
  const publish = (run: Run, more = {}) => publishRun(run.hash, { settings, opusCopy: true, ...more });
  const verificationOf = async (place: string, of: Settings = settings) =>
    (await verifyPublished(of)).find((one) => one.place === place)!;

  beforeAll(async () => {
    settings = await settingsWithTones();
    const train = async (epochs: number, seed: number) => {
      const request = { ...toneRequest, training: { ...toneRequest.training, epochs }, seed };
      return trainRun(await defineRun(request, settings), { settings });
    };
    runs.first = await train(1, 0);
    runs.second = await train(2, 0);
    runs.otherSeed = await train(1, 1);
    await publish(runs.first);
    await publish(runs.otherSeed);
  });

  it("asks for no weights of other seeds, nor of a result that was published without", async () => {
    await publish(runs.second, { as: "resnet-bare", withWeights: false });
    const verifications = await verifyPublished(settings);
    const told = verifications.map(({ place, faults, predictedClips }) => [place, faults, predictedClips]);
    expect(told).toEqual([
      ["evar/resnet-bare/seed-0", [], 0],
      ["evar/resnet/seed-0", [], 120],
      ["evar/resnet/seed-1", [], 0],
    ]);
  });

  it("finds weights of another run in the place of a result's own", async () => {
    const folder = join(settings.root, "models", "resnet-stale");
    await publish(runs.first, { as: "resnet-stale" });
    await rename(folder, `${folder}-aside`);
    await publish(runs.second, { as: "resnet-stale", replace: true, withWeights: false });
    await rename(`${folder}-aside`, folder);
    const { faults, predictedClips } = await verificationOf("evar/resnet-stale/seed-0");
    const fault = `models/resnet-stale/evar .*another run \\(${runs.first.hash}\\).*publish.*delete`;
    expect(faults).toEqual([expect.stringMatching(new RegExp(fault))]);
    expect(predictedClips).toBe(0);
    await rm(folder, { recursive: true });
    expect((await verificationOf("evar/resnet-stale/seed-0")).faults).toEqual([]);
  });

  it("does without corpora that are not in the store, and tells of one whose files were changed", async () => {
    const elsewhere = { ...settings, home: temporaryFolder("no-corpora") };
    expect(await verificationOf("evar/resnet/seed-0", elsewhere)).toMatchObject({
      faults: [],
      predictedClips: 0,
      note: "the corpora are not at hand",
    });
    const [clip] = await loadCatalogue(["crema-d"], settings);
    const bytes = await readFile(clip!.path);
    await appendFile(clip!.path, "more");
    const { faults } = await verificationOf("evar/resnet/seed-0");
    expect(faults).toEqual([expect.stringMatching(/cannot be computed again: .*has changed since/)]);
    await writeFile(clip!.path, bytes);
    expect((await verificationOf("evar/resnet/seed-0")).predictedClips).toBe(120);
  });

  it("holds no tensors afterwards, whether it predicted or could not", async () => {
    const held = tf.memory().numTensors;
    await verifyPublished(settings);
    await verifyPublished({ ...settings, home: temporaryFolder("no-corpora") });
    expect(tf.memory().numTensors).toBe(held);
  });
});
