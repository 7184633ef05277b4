import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { InterruptedError } from "../../../src/core/errors.js";
import type { Settings } from "../../../src/core/settings.js";
import { listenForStop } from "../../../src/core/stop-signal.js";
import { readCheckpoint } from "../../../src/training/checkpoint.js";
import { readHistory } from "../../../src/training/history.js";
import { runHash } from "../../../src/training/run-spec.js";
import { runFiles } from "../../../src/training/run-store.js";
import { defineSearch, type Search, specOfTrial } from "../../../src/training/search/define-search.js";
import { bestOf, readSearch, runSearch, type SearchResult } from "../../../src/training/search/run-search.js";
import { openStudy, type Trial, usualStorage } from "../../../src/training/search/study.js";
import { logarithmic } from "../../../src/training/search-spaces/search-space.js";
import { trainRun, trainUnjudged } from "../../../src/training/train-run.js";
import { settingsWithTones } from "../toy-corpus.js";
import { toneSearch } from "./tone-search.js";

// Every worker is a Python that imports Optuna: a second on a machine with nothing else to do.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** A store of its own, the search on it, and its study. */
async function prepare(): Promise<{ settings: Settings; search: Search }> {
  const settings = await settingsWithTones();
  return { settings, search: await defineSearch(toneSearch, settings) };
}

const tried = ({ trials }: SearchResult) =>
  trials.map(({ settings, score, state }) => ({ settings, score, state }));

describe("a search", () => {
  let settings: Settings;
  let search: Search;
  let result: SearchResult;
  beforeAll(async () => {
    ({ settings, search } = await prepare());
    result = await runSearch(search, { settings, trials: 3 });
  });

  it("tries the recipe first, then other settings within their ranges", () => {
    expect(result.trials.map(({ number, state }) => [number, state])).toEqual([
      [1, "complete"],
      [2, "complete"],
      [3, "complete"],
    ]);
    expect(result.trials[0]!.run).toBe(runHash(search.base));
    expect(new Set(result.trials.map(({ run }) => run)).size).toBe(3);
    for (const { settings: chosen } of result.trials) {
      const rate = Number(chosen["training.learningRate"]);
      expect(rate).toBeGreaterThanOrEqual(1e-3);
      expect(rate).toBeLessThanOrEqual(1e-2);
      expect(["32", "64", "128"]).toContain(chosen["training.batchSize"]);
    }
  });

  it("scores a trial by its best epoch on validation, and looks at no test clip", async () => {
    for (const { run, score, scores, settings: chosen } of result.trials) {
      const files = runFiles(run!, settings);
      expect(run).toBe(runHash(specOfTrial(search, chosen)));
      const uars = (await readHistory(files.history)).map(({ validationUar }) => validationUar!);
      expect(score).toBeCloseTo(Math.max(...uars), 5); // the file has six digits
      expect(scores.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
      expect(scores.at(-1)!.score).toBe(score);
      for (const judged of [files.metrics, files.predictions, files.validation])
        expect(existsSync(judged)).toBe(false);
    }
    expect(result.best).toEqual(bestOf(result.trials));
    expect(Math.max(...result.trials.map(({ score }) => score!))).toBe(result.best!.score);
  });

  it("runs nothing again: it is read when it has its trials, and goes on when it is to have more", async () => {
    const ended: number[] = [];
    const options = { settings, onTrial: (trial: number) => ended.push(trial) };
    expect(await runSearch(search, { ...options, trials: 3 })).toEqual(result);
    expect(await readSearch(search, { settings })).toEqual(result);
    expect(ended).toEqual([]);
    const more = await runSearch(search, { ...options, trials: 4 });
    expect(ended).toEqual([4]);
    expect(more.trials.slice(0, 3)).toEqual(result.trials);
  });

  it("that finds a trial's run in the store reports what it knows of it: the score from its best epoch on", async () => {
    const storage = `sqlite:///${join(settings.home, "another.sqlite3")}`;
    const { trials } = await runSearch(search, { settings, storage, trials: 1 });
    const { run, score, scores } = result.trials[0]!;
    expect(search.base.training.keptBy).toBe("mean-corpus-uar");
    expect(trials[0]).toMatchObject({ run, score, scores: scores.filter((one) => one.score === score) });
  });

  it("ends with a run that needs no more training and is judged on test clips then", async () => {
    const epochs: number[] = [];
    const spec = specOfTrial(search, result.best!.settings);
    const run = await trainRun(spec, { settings, onEpoch: (history) => void epochs.push(history.length) });
    expect(epochs).toEqual([]);
    expect(run.hash).toBe(result.best!.run);
    expect(run.test.length).toBe(5 * 24);
    expect(run.metrics.validation.all.uar.value).toBeCloseTo(result.best!.score!, 12);
  });

  it("that is stopped in the middle of a trial comes to the same trials and scores", async () => {
    const other = await prepare();
    const stop = listenForStop([]);
    let steps = 0;
    const stopped = runSearch(other.search, {
      settings: other.settings,
      trials: 3,
      stop,
      onProgress: ({ task }) => {
        if (task.startsWith("trial 2 of 3: epoch 2") && ++steps === 2) stop.request();
      },
    });
    await expect(stopped).rejects.toThrow(InterruptedError);
    const between = await readSearch(other.search, { settings: other.settings });
    expect(between.trials.map(({ state }) => state)).toEqual(["complete", "waiting"]);
    const whole = await runSearch(other.search, { settings: other.settings, trials: 3 });
    expect(tried(whole)).toEqual(tried(result));
  });
});

describe("a trial below the median", () => {
  it("is stopped after an epoch, and its run can be gone on with", async () => {
    const { settings, search } = await prepare();
    // Five trials that have reached everything: whatever is trained lies below their median.
    const study = await openStudy(search, usualStorage(search, settings), settings);
    for (let trial = 1; trial <= 5; trial++) {
      await study.ask(5);
      for (let epoch = 1; epoch <= 4; epoch++) await study.report(epoch, 1.5);
      await study.complete(1.5);
    }
    await study.close();
    const ended: unknown[] = [];
    const onTrial = (...facts: unknown[]) => void ended.push(facts);
    const { trials } = await runSearch(search, { settings, trials: 6, onTrial });
    expect(ended).toEqual([[6, "pruned", null]]);
    const pruned = trials[5]!;
    expect(pruned).toMatchObject({ state: "pruned", score: null });
    expect(pruned.scores.map(({ epoch }) => epoch)).toEqual([1]);
    const { state } = (await readCheckpoint(runFiles(pruned.run!, settings).last, pruned.run!))!;
    expect([state.epoch, state.stepInEpoch]).toEqual([1, 0]);

    const spec = specOfTrial(search, pruned.settings);
    const resumed = await trainUnjudged(spec, { settings });
    const other = await settingsWithTones();
    const neverStopped = await trainUnjudged(spec, { settings: other });
    const scoresOf = ({ history }: typeof resumed) => history.map(({ seconds: _, ...record }) => record);
    expect(scoresOf(resumed)).toEqual(scoresOf(neverStopped));
  });
});

describe("a trial that diverges", () => {
  it("in validation is pruned, and the search goes on", async () => {
    const { settings, search: gentle } = await prepare();
    const search: Search = {
      ...gentle,
      // One step an epoch: the loss is that of the first weights, and validation alone meets what the step made of them.
      base: {
        ...gentle.base,
        training: { ...gentle.base.training, epochs: 1, batchSize: 1000, warmupEpochs: 0 },
      },
      space: { "training.learningRate": logarithmic(1e30, 1e31) },
    };
    const ended: unknown[] = [];
    const onTrial = (...facts: unknown[]) => void ended.push(facts);
    const { trials, best } = await runSearch(search, { settings, trials: 2, onTrial });
    expect(ended).toEqual([
      [1, "pruned", null],
      [2, "pruned", null],
    ]);
    expect(trials.map(({ state, scores }) => [state, scores])).toEqual([
      ["pruned", []],
      ["pruned", []],
    ]);
    expect(best).toBeNull();
  });
});

describe("a study that several have open", () => {
  it("gives every trial to one of them, and no more than asked for", async () => {
    const { settings, search } = await prepare();
    const storage = usualStorage(search, settings);
    const workers = await Promise.all([1, 2, 3].map(() => openStudy(search, storage, settings)));
    const taken: number[] = [];
    await Promise.all(
      workers.map(async (study) => {
        for (;;) {
          const asked = await study.ask(7);
          if ("runningElsewhere" in asked) return;
          taken.push(asked.number);
          await study.report(1, 0.5);
          await study.complete(0.5);
        }
      }),
    );
    const trials = await workers[0]!.trials();
    await Promise.all(workers.map((study) => study.close()));
    expect(taken.length).toBe(7);
    expect(trials.map(({ state }) => state)).toEqual(Array(7).fill("complete"));
    expect(new Set(trials.map(({ settings: chosen }) => JSON.stringify(chosen))).size).toBe(7);
  });

  it("hands on a trial whose process has gone, with what was reported of it", async () => {
    const { settings, search } = await prepare();
    const storage = usualStorage(search, settings);
    const first = await openStudy(search, storage, settings);
    const asked = await first.ask(2);
    await first.note("0123456789abcdef");
    await first.report(1, 0.25);
    await first.close(); // without a word about the trial
    const second = await openStudy(search, storage, settings);
    expect(await second.trials()).toMatchObject([{ number: 1, state: "waiting" }]);
    const again = await second.ask(2);
    expect(again).toEqual({ ...asked, reported: [1] });
    await second.report(2, 0.5);
    await second.complete(0.5);
    const [trial] = (await second.trials()) as [Trial];
    await second.close();
    expect(trial).toMatchObject({ run: "0123456789abcdef", state: "complete" });
    expect(trial.scores).toEqual([
      { epoch: 1, score: 0.25 },
      { epoch: 2, score: 0.5 },
    ]);
  });

  it("tells which settings matter once two trials are complete", async () => {
    const { settings, search } = await prepare();
    const study = await openStudy(search, usualStorage(search, settings), settings);
    expect(await study.importance()).toEqual([]);
    for (let trial = 0; trial < 12; trial++) {
      const asked = await study.ask(12);
      if ("runningElsewhere" in asked) throw new Error("the study ended early");
      // The score is one setting alone.
      await study.complete(Number(asked.settings["training.mixup.share"]));
    }
    const shares = await study.importance();
    await study.close();
    expect(shares[0]!.setting).toBe("training.mixup.share");
    expect(shares[0]!.share).toBeGreaterThan(0.5);
    expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(shares.length).toBe(Object.keys(search.space).length);
  });
});

describe("a storage that cannot be used", () => {
  it.each([
    ["nonsense", /is no URL of a database.*sqlite:\/\/\/\//],
    ["sqlite:////no/such/folder/study.sqlite3", /cannot be opened: unable to open database file/],
    ["oracle://lab:secret@host/lab", /no driver for the storage oracle:\/\/lab:\*\*\*@host\/lab/],
    [
      "postgresql://lab:secret@127.0.0.1:1/lab",
      /postgresql\+psycopg:\/\/lab:\*\*\*@127\.0\.0\.1:1\/lab cannot be opened/,
    ],
  ])("%s is refused with what to do, and no password", async (storage, message) => {
    const { settings, search } = await prepare();
    const refused = runSearch(search, { settings, trials: 1, storage });
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.not.toThrow(/secret/);
  });
});
