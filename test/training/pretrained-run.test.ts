/** A whole run of an architecture behind a front end: cache, training, publishing, prediction from published files. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { decodeFile } from "../../src/audio/decode-file.js";
import { verifyPublished } from "../../src/cli/verify-published.js";
import { InterruptedError } from "../../src/core/errors.js";
import { halfToSingle, singleToHalf } from "../../src/core/half-precision.js";
import type { ProgressState } from "../../src/core/progress.js";
import type { Settings } from "../../src/core/settings.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { loadCatalogue } from "../../src/corpora/catalogue.js";
import { cachedFeatures } from "../../src/features/cache.js";
import { loadPredictor } from "../../src/inference/load-predictor.js";
import { predictWaves } from "../../src/inference/predict.js";
import { throughFrontEnd } from "../../src/models/pretrained.js";
import { loadTrainingData } from "../../src/training/data.js";
import { defineRun, type RunRequest } from "../../src/training/define-run.js";
import { evaluateCheckpoint } from "../../src/training/evaluate-checkpoint.js";
import type { Example } from "../../src/training/example.js";
import { frozenFeatures, frozenFolder } from "../../src/training/frozen-block-cache.js";
import { publishRun } from "../../src/training/publish.js";
import { pretrainedOf } from "../../src/training/run-model.js";
import type { RunSpec } from "../../src/training/run-spec.js";
import type { Run } from "../../src/training/run-store.js";
import { trainRun } from "../../src/training/train-run.js";
import { settingsWithTones } from "./toy-corpus.js";

const request: RunRequest = {
  model: "whisper",
  protocol: "evar",
  options: { size: "random-small", tunedBlocks: 1, headUnits: 16 },
  training: {
    epochs: 5,
    batchSize: 16,
    frames: 24,
    learningRate: 1e-2,
    averageDecay: 0.5,
    augmentation: null,
    mixup: { alpha: 0.4, share: 0 },
  },
};
let settings: Settings;
let spec: RunSpec;
let run: Run;
beforeAll(async () => {
  loadTensorFlow();
  settings = await settingsWithTones();
  spec = await defineRun(request, settings);
  run = await trainRun(spec, { settings });
});

const cacheFolder = () => frozenFolder(settings.home, spec.features, pretrainedOf(spec)!);
const entries = () =>
  readdirSync(cacheFolder(), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

describe("a run behind a front end", () => {
  it("learns the tones, and is judged on new voices", () => {
    expect(run.test.length).toBe(5 * 24);
    expect(run.metrics.test.all.uar.value).toBeGreaterThan(0.4); // chance is 1 in 6
  });

  it("has a cache of every clip, equal to the front end's output to float16, in half the bytes", async () => {
    const clips = (await loadCatalogue(["crema-d"], settings)).slice(0, 3);
    const pretrained = pretrainedOf(spec)!;
    const frontEnd = pretrained.buildFrontEnd(null);
    const { home } = settings;
    const frozen = await frozenFeatures(clips, spec.features, pretrained, { home });
    const mel = await cachedFeatures(clips, spec.features, { home });
    for (const { id } of clips) {
      const { values, frames, bands } = throughFrontEnd(frontEnd, mel.get(id)!);
      expect([...frozen.get(id)!.values]).toEqual([...values]);
      expect([...values]).toEqual([...halfToSingle(singleToHalf(values))]);
      expect([frozen.get(id)!.frames, frozen.get(id)!.bands]).toEqual([frames, bands]);
      expect(bands).toBe(32);
    }
    expect(entries().length).toBe(13 * 24);
    expect(entries().every((entry) => entry.name.endsWith(".f16"))).toBe(true);
  });

  it("computes an entry that is cut off or altered anew, and goes on where it was interrupted", async () => {
    const clips = (await loadCatalogue(["crema-d"], settings)).slice(0, 40);
    const pretrained = pretrainedOf(spec)!;
    const options = { home: settings.home };
    const before = await frozenFeatures(clips, spec.features, pretrained, options);
    const [first, second] = entries().map((entry) => join(entry.parentPath, entry.name));
    writeFileSync(first!, readFileSync(first!).subarray(0, 30));
    const altered = readFileSync(second!);
    altered[40]! ^= 1;
    writeFileSync(second!, altered);
    const again = await frozenFeatures(clips, spec.features, pretrained, options);
    for (const { id } of clips) expect(again.get(id)!.values).toEqual(before.get(id)!.values);

    await rm(cacheFolder(), { recursive: true });
    const stop = { requested: false };
    const onProgress = ({ task, done }: ProgressState) => {
      if (task.startsWith("frozen") && done === 3) stop.requested = true;
    };
    const interrupted = frozenFeatures(clips, spec.features, pretrained, { ...options, onProgress, stop });
    await expect(interrupted).rejects.toThrow(InterruptedError);
    const kept = entries().length;
    expect(kept).toBeGreaterThanOrEqual(3);
    expect(kept).toBeLessThan(40);
    expect((await frozenFeatures(clips, spec.features, pretrained, options)).size).toBe(40);
  });

  it("learns from varied copies beside the clips, of training voices alone", async () => {
    const variedCopies = { copies: 2, share: 0.6, sound: { probability: 1, speed: [0.9, 1.1] as const } };
    const varied = await defineRun(
      { ...request, model: "general", training: { ...request.training, variedCopies } },
      settings,
    );
    const { train, validation } = await loadTrainingData(varied, { settings });
    expect(train.every((example) => example.varied?.length === 2)).toBe(true);
    expect(validation.every((example) => example.varied === undefined)).toBe(true);
    const [{ features, varied: copies }] = train as [Example];
    expect(copies![0]!.values).not.toEqual(features.values);
    expect(copies![1]!.values).not.toEqual(copies![0]!.values);
    const { metrics } = await trainRun(varied, { settings });
    expect(metrics.test.all.uar.value).toBeGreaterThan(0.4); // chance is 1 in 6
  }, 300_000);

  it("stopped and called again gives the same numbers", async () => {
    let steps = 0;
    const stop = { requested: false, request: () => undefined, release: () => undefined };
    const onProgress = ({ task }: ProgressState) => {
      if (task.startsWith("epoch") && ++steps === 21) stop.requested = true;
    };
    await expect(trainRun(spec, { settings, force: true, stop, onProgress })).rejects.toThrow(
      InterruptedError,
    );
    const again = await trainRun(spec, { settings });
    expect(again.test).toEqual(run.test);
    expect(again.metrics.test).toEqual(run.metrics.test);
    expect(await evaluateCheckpoint(spec, "best", "validation", { settings })).toEqual(
      run.metrics.validation,
    );
  }, 300_000);

  it("is published with its front end beside it, in float16, and predicts from these files alone", async () => {
    const written = await publishRun(run.hash, { settings, opusCopy: true });
    const models = join(settings.root, "models");
    expect(written).toContain(join(models, "whisper", "evar"));
    expect(readdirSync(join(models, "whisper-random-small-frozen-1")).sort()).toEqual([
      "model.json",
      "weights.bin",
    ]);
    const predictor = await loadPredictor({ model: "whisper", protocol: "evar", root: settings.root });
    expect(predictor.card.weightsPrecision).toBe("float16");
    expect(predictor.card.frontEnd).toMatchObject({ name: "whisper-random-small-frozen-1" });
    const [verified] = await verifyPublished(settings);
    expect(verified).toMatchObject({ faults: [], predictedClips: 120 });
    const clips = new Map((await loadCatalogue(["crema-d"], settings)).map((clip) => [clip.id, clip]));
    const { clip, probabilities } = run.test[7]!;
    const [answer] = predictWaves(predictor, [await decodeFile(clips.get(clip)!.path)]);
    answer!.probabilities.forEach((p, k) => void expect(p).toBeCloseTo(probabilities[k]!, 4));
  });

  it("is refused when its front end is missing or another one", async () => {
    const folder = join(settings.root, "models", "whisper-random-small-frozen-1");
    const copy = join(settings.root, "copy");
    await cp(folder, copy, { recursive: true });
    const bytes = readFileSync(join(folder, "weights.bin"));
    bytes[0]! ^= 1;
    writeFileSync(join(folder, "weights.bin"), bytes);
    const load = () => loadPredictor({ model: "whisper", protocol: "evar", root: settings.root });
    await expect(load()).rejects.toThrow(/frozen-1 cannot be loaded: its weights are not those/);
    await rm(folder, { recursive: true });
    await expect(load()).rejects.toThrow(/frozen-1 cannot be loaded/);
    await cp(copy, folder, { recursive: true });
    expect((await load()).frontEnd).toBeDefined();
  });

  it("asks for the real encoder's weights when it is to start from them", async () => {
    const real = await defineRun({ ...request, options: { size: "tiny.en", tunedBlocks: 2 } }, settings);
    await expect(trainRun(real, { settings })).rejects.toThrow(
      /whisper-tiny.en-encoder.*weights import --from/,
    );
  });
});
