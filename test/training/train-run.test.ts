import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { InterruptedError, LabError } from "../../src/core/errors.js";
import { readJson, writeJson } from "../../src/core/files.js";
import type { ProgressState } from "../../src/core/progress.js";
import type { Settings } from "../../src/core/settings.js";
import { emotions } from "../../src/corpora/emotions.js";
import { evaluatePredictions } from "../../src/evaluation/report.js";
import { defineRun } from "../../src/training/define-run.js";
import { evaluateCheckpoint } from "../../src/training/evaluate-checkpoint.js";
import { loadRunModel } from "../../src/training/run-model.js";
import { type RunSpec, runHash } from "../../src/training/run-spec.js";
import { deleteRun, findRun, listRuns, type Run, readRun, runFiles } from "../../src/training/run-store.js";
import { trainRun } from "../../src/training/train-run.js";
import { choosePrecision } from "../../src/training/weights-precision.js";
import { temporaryFolder } from "../temporary-folder.js";
import { settingsWithTones, toneRequest } from "./toy-corpus.js";

let settings: Settings;
let spec: RunSpec;
let run: Run;
beforeAll(async () => {
  settings = await settingsWithTones();
  spec = await defineRun(toneRequest, settings);
  run = await trainRun(spec, { settings });
});

describe("a run", () => {
  it("learns, and is judged on every clip of validation and test by new voices", () => {
    expect(run.hash).toBe(runHash(spec));
    expect(run.test.length).toBe(5 * 24);
    expect(run.validation.length).toBe(2 * 24);
    expect(new Set(run.test.map((row) => row.speaker)).size).toBe(5);
    expect(run.metrics.test.all.uar.value).toBeGreaterThan(0.5); // chance is 1 in 6
  });

  it("has metrics of the documented form, that follow from its predictions", () => {
    const { metrics } = run;
    expect(Object.keys(metrics).sort()).toEqual(
      [
        ...["spec", "specHash", "dataChecksum", "source", "test", "validation", "parameters", "epochs"],
        ...["bestEpoch", "seconds", "device", "precision", "versions"],
      ].sort(),
    );
    expect(metrics).toMatchObject({
      spec,
      specHash: run.hash,
      source: "opus-copy",
      epochs: 3,
      precision: "float32",
    });
    expect(metrics.dataChecksum).toMatch(/^[0-9a-f]{64}$/);
    expect(metrics.bestEpoch).toBeGreaterThanOrEqual(1);
    expect(metrics.parameters).toBeGreaterThan(1000);
    expect(metrics.device).toMatch(/cores/);
    expect(Object.keys(metrics.versions).sort()).toEqual(["node", "system", "tensorflow", "tfjs"]);
    expect(Object.keys(metrics.test)).toEqual(["all", "crema-d"]);
    const { accuracy, n } = metrics.test.all;
    expect(n).toBe(120);
    expect(accuracy.clip[0]).toBeLessThanOrEqual(accuracy.value);
    expect(accuracy.speaker).not.toBeNull();
    expect(metrics.validation.all.accuracy.speaker).toBeNull(); // two voices are too few
    expect(evaluatePredictions(run.test)).toEqual(metrics.test);
    expect(evaluatePredictions(run.validation)).toEqual(metrics.validation);
  });

  it("has predictions over all eight emotions, never masked by corpus", () => {
    for (const { probabilities, predicted } of run.test) {
      expect(probabilities.length).toBe(emotions.length);
      expect(probabilities[emotions.indexOf(predicted)]).toBe(Math.max(...probabilities));
      expect(probabilities[emotions.indexOf("calm")]).toBeGreaterThan(0);
    }
  });

  it("whose spec has a result is loaded, not repeated", async () => {
    const progress: ProgressState[] = [];
    expect(await trainRun(spec, { settings, onProgress: (state) => progress.push(state) })).toEqual(run);
    expect(progress).toEqual([]);
    expect(await readRun(run.hash, settings)).toEqual(run);
  });

  it("stopped and called again, and repeated by force, gives the same numbers", async () => {
    let steps = 0;
    const stop = { requested: false, request: () => undefined, release: () => undefined };
    const onProgress = ({ task }: ProgressState) => {
      if (task.startsWith("epoch") && ++steps === 13) stop.requested = true;
    };
    await expect(trainRun(spec, { settings, force: true, stop, onProgress })).rejects.toThrow(
      InterruptedError,
    );
    expect(await readRun(run.hash, settings)).toBeNull();
    const again = await trainRun(spec, { settings });
    expect(again.test).toEqual(run.test);
    expect(again.metrics.test).toEqual(run.metrics.test);
    expect(again.history.map(({ seconds: _, ...record }) => record)).toEqual(
      run.history.map(({ seconds: _, ...record }) => record),
    );
    run = again;
  });

  it("given to two at once is trained by one; the other waits, says so, and reads it", async () => {
    const twice = await defineRun({ ...toneRequest, seed: 3 }, settings);
    const tasks: string[][] = [[], []];
    const runs = await Promise.all(
      tasks.map((told) =>
        trainRun(twice, {
          settings,
          onProgress: ({ task }) => void (told.includes(task) || told.push(task)),
        }),
      ),
    );
    expect(runs[0]).toEqual(runs[1]);
    const [trained, waited] = tasks.sort((a, b) => b.length - a.length);
    expect(trained).toContain("epoch 3 of 3");
    expect(waited).toEqual([
      expect.stringMatching(/^waiting for process \d+ on \S+, which trains this run$/),
    ]);
    await deleteRun(runs[0]!.hash, settings);
  });

  it("cut off between an epoch's checkpoint and its history has that epoch in both", async () => {
    const short = await defineRun(
      { ...toneRequest, seed: 4, training: { ...toneRequest.training, epochs: 1 } },
      settings,
    );
    const { folder, history, last } = runFiles(runHash(short), settings);
    mkdirSync(history, { recursive: true }); // a folder in its place: it cannot be written
    await expect(trainRun(short, { settings })).rejects.toThrow();
    expect(existsSync(last)).toBe(false);
    rmSync(history, { recursive: true });
    writeFileSync(`${last}.1.00.part`, "half written");
    expect((await trainRun(short, { settings })).history.map(({ epoch }) => epoch)).toEqual([1]);
    expect(readdirSync(folder).filter((name) => /part$|^running/.test(name))).toEqual([]);
    await deleteRun(runHash(short), settings);
  });

  it("keeps checkpoints that can be judged again: the best gives the run's own figures", async () => {
    expect(await evaluateCheckpoint(spec, "best", "validation", { settings })).toEqual(
      run.metrics.validation,
    );
    const last = await evaluateCheckpoint(spec, "last", "test", { settings });
    expect(last.all.n).toBe(120);
    await expect(evaluateCheckpoint(spec, 10, "test", { settings })).rejects.toThrow(
      /no checkpoint 10.*tenth/,
    );
  });

  it("reads no clip but those of the part that is judged, and of validation to round weights", async () => {
    const bare = { ...settings, home: temporaryFolder("bare") };
    cpSync(join(settings.home, "corpora"), join(bare.home, "corpora"), { recursive: true });
    cpSync(join(settings.home, "runs", run.hash), join(bare.home, "runs", run.hash), { recursive: true });
    const described = () =>
      readdirSync(join(bare.home, "features"), { recursive: true, encoding: "utf8" }).filter((name) =>
        name.endsWith(".f32"),
      ).length;
    const { model } = await loadRunModel(spec, bare, "best");
    await choosePrecision(model, run, bare);
    model.dispose();
    expect(described()).toBe(run.validation.length);
    await evaluateCheckpoint(spec, "best", "test", { settings: bare });
    expect(described()).toBe(run.validation.length + run.test.length);
  });

  it("whose best checkpoint is lost says so instead of failing inside", async () => {
    const files = runFiles(run.hash, settings);
    await writeFile(files.best, "damaged");
    await expect(evaluateCheckpoint(spec, "best", "test", { settings })).rejects.toThrow(LabError);
  });

  it("is listed, found by the beginning of its hash, and deleted", async () => {
    expect(await listRuns(settings)).toMatchObject([{ hash: run.hash, finished: true, spec }]);
    expect((await findRun(run.hash.slice(0, 5), settings)).hash).toBe(run.hash);
    await expect(findRun("zzzz", settings)).rejects.toThrow("no run zzzz");
    const files = runFiles(run.hash, settings);
    expect(readdirSync(files.folder).filter((name) => name.endsWith(".part"))).toEqual([]);
    await writeJson(runFiles("other", settings).spec, { ...spec, seed: 9 });
    await expect(findRun("", settings)).rejects.toThrow("2 runs begin with");
    await deleteRun("other", settings);
    expect(existsSync(runFiles("other", settings).folder)).toBe(false);
    expect(await readJson(files.metrics)).toEqual(run.metrics);
  });
});

describe("the specification of a run", () => {
  it("has another hash for any change of what decides the result", async () => {
    const others = await Promise.all([
      defineRun({ ...toneRequest, seed: 1 }, settings),
      defineRun({ ...toneRequest, options: { ...toneRequest.options, headUnits: 17 } }, settings),
      defineRun({ ...toneRequest, training: { ...toneRequest.training, labelSmoothing: 0.2 } }, settings),
      defineRun({ ...toneRequest, features: { ...toneRequest.features, hopLength: 160 } }, settings),
      defineRun({ ...toneRequest, profile: "quick" }, settings),
    ]);
    expect(new Set([spec, ...others].map(runHash)).size).toBe(6);
    expect(runHash(await defineRun(toneRequest, settings))).toBe(runHash(spec));
    expect(runHash(JSON.parse(JSON.stringify(spec)) as RunSpec)).toBe(runHash(spec));
  });

  it("says the checksums of the clips at hand, all options and the settings' seed", async () => {
    expect(Object.keys(spec.corpora)).toEqual(["crema-d"]);
    expect(spec.options).toMatchObject({ channels: [4, 8], stemStride: 2 });
    expect((await defineRun(toneRequest, { ...settings, seed: 2 })).seed).toBe(2);
  });

  it.each<[object, string]>([
    [{ model: "vgg" }, 'recipe for "vgg"'],
    [{ options: { depth: 3 } }, 'no option "depth"'],
    [{ corpora: ["no-such"] }, "no-such"],
    [{ features: { band: 3 } }, 'features has no option "band"'],
    [{ training: { epoch: 3 } }, 'training has no option "epoch"'],
    [{ training: { augmentation: { timeMask: 3 } } }, 'training.augmentation has no option "timeMask"'],
    [{ training: { waveAugmentation: { pitch: [1, 2] } } }, 'waveAugmentation has no option "pitch"'],
    [{ training: { waveAugmentation: { speed: [1, 2] } } }, "varies samples, but the features are log-mel"],
    [{ training: { variedCopies: { copies: 0, share: 1, sound: {} } } }, "variedCopies.copies is 0"],
    [{ training: { variedCopies: { copies: 1, share: 0, sound: {} } } }, "variedCopies.share is 0"],
    [
      { training: { variedCopies: { copies: 1, share: 1, sound: { echo: 1 } } } },
      'sound has no option "echo"',
    ],
    [{ training: { distillation: { teachers: [], share: 1, temperature: 1 } } }, "names no teacher"],
    [{ training: { distillation: { teachers: ["vgg"], share: 1, temperature: 1 } } }, 'recipe for "vgg"'],
    [{ training: { distillation: { teachers: ["lstm"], share: 2, temperature: 1 } } }, "share is 2"],
    [{ training: { distillation: { teachers: ["lstm"], share: 1, temperature: 0 } } }, "temperature is 0"],
    [
      {
        training: {
          distillation: { teachers: ["lstm"], share: 1, temperature: 1, crossFittedGroups: 1 },
        },
      },
      "crossFittedGroups is 1",
    ],
    [{ training: { epochs: 0 } }, "training.epochs is 0"],
    [{ training: { batchSize: 2.5 } }, "training.batchSize is 2.5"],
    [{ training: { learningRate: Number.NaN } }, "training.learningRate is NaN"],
    [{ training: { labelSmoothing: 1 } }, "training.labelSmoothing is 1"],
    [{ training: { averageDecay: 1 } }, "training.averageDecay is 1"],
    [{ training: { warmupEpochs: -1 } }, "training.warmupEpochs is -1"],
    [{ training: { weightDecay: -1 } }, "training.weightDecay is -1"],
    [{ training: { clipNorm: 0 } }, "training.clipNorm is 0"],
    [{ training: { rateFactors: { block: -1 } } }, "training.rateFactors.block is -1"],
    [{ training: { patienceEpochs: 0 } }, "training.patienceEpochs is 0"],
    [{ training: { sampling: "all" } }, 'training.sampling is "all"'],
    [{ training: { mixup: { alpha: 2, share: 1 } } }, "training.mixup.alpha is 2"],
    [{ training: { mixup: { alpha: 0.4, share: 2 } } }, "training.mixup.share is 2"],
    [{ training: { mixup: { alpha: 0.4 } } }, "training.mixup.share is undefined"],
  ])("refuses %j", async (change, message) => {
    const request = { ...toneRequest, ...change } as typeof toneRequest;
    await expect(defineRun(request, settings)).rejects.toThrow(LabError);
    await expect(defineRun(request, settings)).rejects.toThrow(message);
  });
});
