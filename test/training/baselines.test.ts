import { beforeAll, describe, expect, it } from "vitest";
import type { Settings } from "../../src/core/settings.js";
import { type BaselineName, defineBaseline } from "../../src/training/baselines/baseline-spec.js";
import { fitBaseline } from "../../src/training/baselines/fit-baseline.js";
import { publishRun } from "../../src/training/publish.js";
import { listPublished } from "../../src/training/published.js";
import { runHash } from "../../src/training/run-spec.js";
import { settingsWithTones } from "./toy-corpus.js";

let settings: Settings;
const fitOn = async (model: BaselineName) =>
  await fitBaseline(await defineBaseline({ model, protocol: "evar" }, settings), { settings });

beforeAll(async () => {
  settings = await settingsWithTones();
});

describe("a baseline", () => {
  it("of the commonest emotion scores what it must, and is as sure as that emotion is common", async () => {
    const { test, validation, metrics } = await fitOn("baseline-majority");
    const [{ predicted }] = test as [(typeof test)[0]];
    for (const row of [...test, ...validation]) expect(row.predicted).toBe(predicted);
    const right = test.filter(({ emotion }) => emotion === predicted).length;
    expect(metrics.test.all.accuracy.value).toBeCloseTo(right / test.length, 12);
    expect(metrics.test.all.uar.value).toBeCloseTo(1 / 6, 12);
    for (const { probabilities } of [...test, ...validation])
      expect(Math.max(...probabilities)).toBeLessThan(0.2);
  });

  it("on descriptors tells tones apart, is loaded the second time, and is published without weights", async () => {
    const run = await fitOn("baseline-descriptors");
    expect(run.metrics.test.all.uar.value).toBeGreaterThan(0.8);
    expect(run.spec.options.penalties).toContain(run.metrics.penalty);
    expect(run.metrics).toMatchObject({ parameters: 13 * 8, epochs: 0, bestEpoch: 0 });
    const again = await fitOn("baseline-descriptors");
    expect(again).toEqual(run);
    const written = await publishRun(run.hash, { settings, opusCopy: true });
    expect(written.map((folder) => folder.slice(settings.root.length))).toEqual([
      "/results/evar/baseline-descriptors/seed-0",
    ]);
    const [published] = await listPublished(settings);
    expect(published!.metrics.specHash).toBe(runHash(run.spec));
  }, 120_000);
});
