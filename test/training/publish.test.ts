import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { decodeFile } from "../../src/audio/decode-file.js";
import { verifyPublished } from "../../src/cli/verify-published.js";
import { LabError } from "../../src/core/errors.js";
import { readJson, writeJson } from "../../src/core/files.js";
import { sha256OfFile } from "../../src/core/hash.js";
import type { Settings } from "../../src/core/settings.js";
import { loadCatalogue } from "../../src/corpora/catalogue.js";
import { emotions } from "../../src/corpora/emotions.js";
import { confidenceFigures } from "../../src/evaluation/unsure.js";
import { loadPredictor } from "../../src/inference/load-predictor.js";
import { parseModelCard } from "../../src/inference/model-card.js";
import { predictWaves, prepareInput } from "../../src/inference/predict.js";
import { cardReadme } from "../../src/training/card-readme.js";
import { completeCards } from "../../src/training/complete-cards.js";
import { defineRun, type RunRequest } from "../../src/training/define-run.js";
import { publishRun, resultFolder } from "../../src/training/publish.js";
import { listPublished, readPublished } from "../../src/training/published.js";
import { runHash } from "../../src/training/run-spec.js";
import type { Run } from "../../src/training/run-store.js";
import { trainRun } from "../../src/training/train-run.js";
import { settingsWithTones, toneRequest } from "./toy-corpus.js";

let settings: Settings;
const runs: Record<"first" | "second" | "otherSeed" | "quick", Run> = {} as never;
const oneEpoch = { ...toneRequest, training: { ...toneRequest.training, epochs: 1 } };

beforeAll(async () => {
  settings = await settingsWithTones();
  const train = async (request: RunRequest) => trainRun(await defineRun(request, settings), { settings });
  runs.first = await train(toneRequest);
  runs.second = await train(oneEpoch);
  runs.otherSeed = await train({ ...oneEpoch, seed: 1 });
  runs.quick = await train({ ...oneEpoch, profile: "quick" });
});

const publish = (run: Run, more = {}) => publishRun(run.hash, { settings, opusCopy: true, ...more });
const filesBelow = (folder: string) =>
  readdirSync(join(settings.root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(settings.root.length + 1))
    .sort();

describe("publishing a run", () => {
  it("is refused for a profile other than full, for copies that are no originals, and for no run, writing nothing", async () => {
    const before = filesBelow("results");
    await expect(publish(runs.quick)).rejects.toThrow(/profile quick.*full/);
    await expect(publishRun(runs.first.hash, { settings })).rejects.toThrow(
      /not the publishers' own.*--opus-copy/,
    );
    await expect(publishRun("0123456789abcdef", { settings, opusCopy: true })).rejects.toThrow(
      "is not finished",
    );
    await expect(publish(runs.first, { as: "../up" })).rejects.toThrow('"../up" cannot be a row');
    expect(filesBelow("results")).toEqual(before);
  });

  it("writes the exact set of files, and the weights of seed 0", async () => {
    const folders = await publish(runs.first);
    expect(folders).toEqual(
      ["results/evar/resnet/seed-0", "models/resnet/evar"].map((folder) => join(settings.root, folder)),
    );
    expect(filesBelow("results/evar/resnet")).toEqual(
      ["history.csv", "metrics.json", "predictions-validation.csv", "predictions.csv"].map(
        (file) => `results/evar/resnet/seed-0/${file}`,
      ),
    );
    expect(filesBelow("models")).toEqual(
      ["README.md", "card.json", "model.json", "weights.bin"].map((file) => `models/resnet/evar/${file}`),
    );
    expect(await readJson(join(folders[0]!, "metrics.json"))).toEqual(runs.first.metrics);
    const header =
      "clip,corpus,speaker,emotion,predicted,p_neutral,p_calm,p_happy,p_sad,p_angry,p_fearful,p_disgust,p_surprised";
    for (const file of ["predictions.csv", "predictions-validation.csv"]) {
      const lines = (await readFile(join(folders[0]!, file), "utf8")).split("\n");
      expect(lines[0]).toBe(header);
      expect(lines[1]).toMatch(/^crema-d\/1\d{3}_[A-Z]{3}_[A-Z]{3}_[A-Z]{2}\.wav,crema-d,crema-d\/1\d{3},/);
    }
  });

  it("again writes the same bytes", async () => {
    const checksums = () =>
      Promise.all(
        [...filesBelow("results"), ...filesBelow("models")].map((file) =>
          sha256OfFile(join(settings.root, file)),
        ),
      );
    const before = await checksums();
    await publish(runs.first);
    expect(await checksums()).toEqual(before);
  });

  it("writes results alone for another seed", async () => {
    expect(await publish(runs.otherSeed)).toEqual([join(settings.root, "results/evar/resnet/seed-1")]);
  });

  it("never takes another specification's place unasked", async () => {
    await expect(publish(runs.second)).rejects.toThrow(/holds another specification.*--replace/);
    expect((await readPublished("evar/resnet/seed-0", settings)).test).toEqual(runs.first.test);
    await publish(runs.second, { as: "resnet-short" });
    const places = (await listPublished(settings)).map(({ place, protocol, name }) => [
      place,
      protocol,
      name,
    ]);
    expect(places).toEqual([
      ["evar/resnet-short/seed-0", "evar", "resnet-short"],
      ["evar/resnet/seed-0", "evar", "resnet"],
      ["evar/resnet/seed-1", "evar", "resnet"],
    ]);
    await publish(runs.first, { as: "resnet-short", replace: true });
    expect((await readPublished("evar/resnet-short/seed-0", settings)).test).toEqual(runs.first.test);
  });

  it("that is cut off while it takes another's place leaves nothing that says it is whole", async () => {
    const [result, model] = ["results/evar/resnet-cut/seed-0", "models/resnet-cut/evar"].map((folder) =>
      join(settings.root, folder),
    ) as [string, string];
    const again = { as: "resnet-cut", replace: true };
    for (const obstacle of [join(result, "predictions.csv"), join(model, "weights.bin")]) {
      await publish(runs.first, again);
      await rm(obstacle);
      await mkdir(join(obstacle, "in-the-way"), { recursive: true });
      await expect(publish(runs.second, again)).rejects.toThrow();
      expect(existsSync(join(result, "metrics.json"))).toBe(false);
      await rm(obstacle, { recursive: true });
    }
    expect(existsSync(join(model, "card.json"))).toBe(false);
    await publish(runs.second, again);
    expect((await readPublished("evar/resnet-cut/seed-0", settings)).test).toEqual(runs.second.test);
    for (const folder of [dirname(result), dirname(model)]) await rm(folder, { recursive: true });
  });

  it("without weights is refused where those of another run would stay, and changes nothing", async () => {
    const folder = join(settings.root, "models", "resnet-stays", "evar");
    const place = "evar/resnet-stays/seed-0";
    await publish(runs.first, { as: "resnet-stays" });
    const bare = { as: "resnet-stays", replace: true, withWeights: false };
    await expect(publish(runs.second, bare)).rejects.toThrow(LabError);
    await expect(publish(runs.second, bare)).rejects.toThrow(
      new RegExp(
        `${folder} holds the weights of another run \\(${runs.first.hash}\\).*--no-weights, or delete`,
      ),
    );
    expect((await readPublished(place, settings)).test).toEqual(runs.first.test);
    await publish(runs.first, bare); // its own weights may stay
    expect(await publish(runs.otherSeed, bare)).toHaveLength(1); // and so may seed 0's beside another seed
    await rm(folder, { recursive: true });
    await publish(runs.second, bare);
    expect((await readPublished(place, settings)).test).toEqual(runs.second.test);
    expect(existsSync(folder)).toBe(false);
    await rm(join(settings.root, "results", "evar", "resnet-stays"), { recursive: true });
    await rm(dirname(folder), { recursive: true });
  });

  it("knows where folds go", () => {
    const { spec } = runs.first;
    expect(resultFolder({ ...spec, protocol: "emobox-ravdess", fold: "3", seed: 2 }, "x")).toBe(
      "emobox-ravdess/x/seed-2/fold-3",
    );
    expect(resultFolder({ ...spec, protocol: "leave-one-corpus-out", fold: "tess" }, "x")).toBe(
      "leave-one-corpus-out/x/seed-0/tess",
    );
  });
});

describe("a published model", () => {
  it("has a card that says what it takes and gives, how well it does, and its licence", async () => {
    const path = join(settings.root, "models/resnet/evar/card.json");
    const card = parseModelCard(await readJson(path), path);
    expect(card).toMatchObject({
      name: "resnet",
      labels: emotions,
      protocol: "evar",
      specHash: runs.first.hash,
      frames: 24,
    });
    expect(card.data).toEqual({ corpora: runs.first.spec.corpora, source: "opus-copy" });
    expect(card.metrics.test).toEqual(runs.first.metrics.test);
    expect(card.standardisation.mean.length).toBe(16);
    expect(card.temperature).toBeGreaterThan(0);
    expect(card.citations.join()).toMatch(/CREMA-D/i);
    expect(() => parseModelCard({ ...card, frames: 0 }, path)).toThrow(
      /card\.json is no model card[\s\S]*frames/,
    );
  });

  it("tells how sure is sure enough, also when its card was written before that was told", async () => {
    const path = join(settings.root, "models/resnet/evar/card.json");
    const card = parseModelCard(await readJson(path), path);
    expect(card).toMatchObject(confidenceFigures(runs.first.validation, runs.first.test));
    const { unsureBelow, calibrationError, intendedUse, ...old } = card;
    await writeJson(path, old);
    expect(await completeCards(settings.root)).toContain(path);
    const completed = parseModelCard(await readJson(path), path);
    expect(completed.unsureBelow).toBeCloseTo(unsureBelow!, 3);
    expect(completed.calibrationError!.after).toBeCloseTo(calibrationError!.after, 3);
    expect(completed).toMatchObject({ ...old, intendedUse });
    expect(intendedUse).toMatch(/No decision about a person/);
    expect(Object.keys(completed)).toEqual(Object.keys(card));
    await writeJson(path, { ...completed, calibrationError: { ...completed.calibrationError!, before: 1 } });
    expect(await completeCards(settings.root)).toContain(path);
    expect(await readJson(path)).toEqual(completed);
    const readme = path.replace("card.json", "README.md");
    await writeFile(readme, "old");
    expect(await completeCards(settings.root)).toEqual([readme]);
    expect(await readFile(readme, "utf8")).toBe(cardReadme(completed));
    expect(await completeCards(settings.root)).toEqual([]);
  });

  it("says from the start what results/ has measured of its recipe's limits", async () => {
    const heldOut = join(settings.root, "results/leave-one-corpus-out/resnet/seed-0/crema-d/metrics.json");
    const { metrics } = runs.first;
    await writeJson(heldOut, { ...metrics, spec: { ...metrics.spec, protocol: "leave-one-corpus-out" } });
    try {
      await publish(runs.first);
      const path = join(settings.root, "models/resnet/evar/card.json");
      expect(parseModelCard(await readJson(path), path).limits).toMatch(
        /Trained in the same way without any clip of a corpus .* in percent: crema-d \d/,
      );
      expect(await completeCards(settings.root)).toEqual([]);
    } finally {
      await rm(join(settings.root, "results/leave-one-corpus-out"), { recursive: true });
      await publish(runs.first);
    }
  });

  it("answers for a recording as the run did on it", async () => {
    const predictor = await loadPredictor({ model: "resnet", root: settings.root, protocol: "evar" });
    const clips = new Map((await loadCatalogue(["crema-d"], settings)).map((clip) => [clip.id, clip.path]));
    const some = runs.first.test.slice(0, 10);
    const waves = await Promise.all(some.map(({ clip }) => decodeFile(clips.get(clip)!)));
    expect(prepareInput(waves[0]!, predictor.card).length).toBe(24 * 16);
    const answers = predictWaves(predictor, waves);
    answers.forEach((answer, i) => {
      answer.probabilities.forEach((p, k) => {
        expect(Math.abs(p - some[i]!.probabilities[k]!)).toBeLessThan(1e-3);
      });
      expect(answer.emotion).toBe(some[i]!.predicted);
      expect(answer.confidence).toBeGreaterThan(0);
      expect(answer.confidence).toBeLessThanOrEqual(1);
    });
    expect(predictWaves(predictor, [])).toEqual([]);
    expect(predictWaves(predictor, [waves[3]!])[0]!.emotion).toBe(answers[3]!.emotion);
    predictor.model.dispose();
  });

  it("that does not exist is refused with the names there are, those with a dot too", async () => {
    await publish(runs.second, { as: "resnet-v1.5" });
    await writeFile(join(settings.root, "models", "LICENSE"), "");
    await expect(loadPredictor({ model: "vgg", root: settings.root })).rejects.toThrow(
      'no published model "vgg". There are: resnet (evar), resnet-short (evar), resnet-v1.5 (evar).',
    );
    const missing = loadPredictor({ model: "resnet", protocol: "combined", root: settings.root });
    await expect(missing).rejects.toThrow(/"resnet" for the protocol combined/);
    await expect(loadPredictor({ root: join(settings.root, "nowhere") })).rejects.toThrow(
      /None is published yet/,
    );
  });

  it("whose weights are cut off is refused, naming the folder", async () => {
    const folder = join(settings.root, "models", "resnet-v1.5", "evar");
    await truncate(join(folder, "weights.bin"), 100);
    await expect(loadPredictor({ model: folder })).rejects.toThrow(LabError);
    await expect(loadPredictor({ model: folder })).rejects.toThrow(folder);
    await publish(runs.second, { as: "resnet-v1.5" });
  });
});

describe("verifying what is published", () => {
  const faultsOf = async (place: string) =>
    (await verifyPublished(settings)).find((one) => one.place === place)!;

  it("finds no fault in what was published, metrics and predictions computed again", async () => {
    const verifications = await verifyPublished(settings);
    expect(verifications.flatMap(({ faults }) => faults)).toEqual([]);
    const byPlace = new Map(verifications.map((one) => [one.place, one]));
    expect(byPlace.get("evar/resnet/seed-0")!.predictedClips).toBe(120);
    expect(byPlace.get("evar/resnet/seed-1")).toMatchObject({ predictedClips: 0 });
    expect(byPlace.get("evar/resnet/seed-1")!.note).not.toBe("");
  });

  it("finds a changed figure, a changed prediction and a changed specification", async () => {
    await rm(join(settings.root, "models"), { recursive: true });
    const folder = join(settings.root, "results/evar/resnet/seed-1");
    const path = join(folder, "metrics.json");
    const metrics = structuredClone(runs.otherSeed.metrics) as {
      test: { all: { accuracy: { value: number } } };
    };
    metrics.test.all.accuracy.value += 1e-9;
    await writeJson(path, metrics);
    expect((await faultsOf("evar/resnet/seed-1")).faults).toEqual([
      expect.stringMatching(/test metrics.*do not follow/),
    ]);

    const spec = { ...runs.otherSeed.spec, profile: "quick" };
    await writeJson(path, { ...runs.otherSeed.metrics, spec });
    expect(runHash(spec as never)).not.toBe(runs.otherSeed.hash);
    expect((await faultsOf("evar/resnet/seed-1")).faults).toEqual([
      expect.stringMatching(/hash of its specification/),
    ]);

    await publish(runs.otherSeed);
    const file = join(folder, "predictions-validation.csv");
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    await writeFile(file, `${lines.slice(0, -1).join("\n")}\n`);
    expect((await faultsOf("evar/resnet/seed-1")).faults).toEqual([
      expect.stringMatching(/validation metrics/),
    ]);
  });
});
