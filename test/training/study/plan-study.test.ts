import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeWav } from "../../../src/audio/encode-wav.js";
import type { Settings } from "../../../src/core/settings.js";
import { sampleFolder } from "../../../src/corpora/store.js";
import { architectureNamed, completeOptions } from "../../../src/models/registry.js";
import { defineBaseline } from "../../../src/training/baselines/baseline-spec.js";
import { defineRun } from "../../../src/training/define-run.js";
import { recipeFor } from "../../../src/training/recipes.js";
import { type RunSpec, runHash } from "../../../src/training/run-spec.js";
import { parseChanges } from "../../../src/training/spec-changes.js";
import { planStudy } from "../../../src/training/study/plan-study.js";
import { parseStudyConfig } from "../../../src/training/study/study-config.js";
import { temporarySettings } from "../toy.js";

const study = (more: string, models = "[resnet, lstm, baseline-majority]") =>
  parseStudyConfig(
    `name: test
profile: sample
models: ${models}
seeds: [0, 3]
folds: all
${more}`,
    "study.yaml",
  );

const recipeAlone = "protocols: [combined]\nsettings: [{ name: recipe }]\n";

/** A store whose sample speech is one clip a corpus: names and checksums are all that a plan looks at. */
function settingsWithOneClipEach(): Settings {
  const settings = temporarySettings("sample");
  const names = {
    ravdess: "Actor_01/03-01-05-01-01-01-01.wav",
    "crema-d": "1001_DFA_ANG_XX.wav",
    tess: "OAF_back_angry.wav",
  };
  for (const [corpus, file] of Object.entries(names)) {
    const path = join(sampleFolder(settings, corpus), file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, encodeWav(new Float32Array(1600), 16_000));
  }
  return settings;
}

const settings = settingsWithOneClipEach();

describe("the runs of a study", () => {
  it("are protocols × models × seeds × folds × settings, baselines once", async () => {
    const runs = await planStudy(
      study(`protocols: [combined, emobox-ravdess]
settings:
  - name: recipe
  - name: no-mixup
    set: [training.mixup.share=0]
    models: [resnet]
`),
      settings,
    );
    const count = (test: (run: (typeof runs)[number]) => boolean): number => runs.filter(test).length;
    // combined has no folds, emobox-ravdess six.
    expect(count(({ model, setting }) => model === "resnet" && setting === "recipe")).toBe(2 * (1 + 6));
    expect(count(({ setting }) => setting === "no-mixup")).toBe(2 * (1 + 6));
    expect(count(({ model }) => model === "lstm")).toBe(2 * (1 + 6));
    expect(count(({ kind }) => kind === "baseline")).toBe(1 + 6);
    expect(runs.length).toBe(3 * 14 + 7);
    expect(new Set(runs.map(({ run }) => run)).size).toBe(runs.length);
    expect(runs.slice(0, 2).map(({ model, seed }) => [model, seed])).toEqual([
      ["resnet", 0],
      ["lstm", 0],
    ]);
  });

  it("have the names that the store gives them", async () => {
    const runs = await planStudy(
      study(`protocols: [emobox-ravdess]
settings: [{ name: narrow, set: ["options.channels=[4,8]", training.epochs=2], models: [resnet] }]
`),
      settings,
    );
    const recipe = recipeFor("resnet", "sample");
    const { options, features, training } = parseChanges(["options.channels=[4,8]", "training.epochs=2"], {
      ...recipe,
      options: completeOptions(architectureNamed("resnet"), recipe.options),
    });
    const asked = { model: "resnet", protocol: "emobox-ravdess", fold: "4", seed: 3 } as const;
    const spec = await defineRun(
      { ...asked, options: options as RunSpec["options"], features, training },
      settings,
    );
    const found = runs.find(({ fold, seed, model }) => fold === "4" && seed === 3 && model === "resnet")!;
    expect(found.run).toBe(runHash(spec));
    expect(found.arguments.join(" ")).toBe(
      "train resnet --protocol emobox-ravdess --profile sample --seed 3 --fold 4 --precision float32 " +
        "--set options.channels=[4,8] --set training.epochs=2",
    );
    const baseline = runs.find(({ kind, fold }) => kind === "baseline" && fold === "2")!;
    expect(baseline.run).toBe(
      runHash(
        await defineBaseline({ model: "baseline-majority", protocol: "emobox-ravdess", fold: "2" }, settings),
      ),
    );
  });

  it("come once where two settings are the same specification", async () => {
    const twice = `protocols: [combined]
settings: [{ name: recipe }, { name: same, set: ["training.mixup.share=0.5"] }]
`;
    expect(recipeFor("resnet", "sample").training.mixup.share).toBe(0.5);
    const runs = await planStudy(study(twice, "[resnet]"), settings);
    expect(runs.map(({ setting }) => setting)).toEqual(["recipe", "recipe"]);
  });

  it("bring the teachers that they need, first and in the same fold", async () => {
    const runs = await planStudy(study(recipeAlone, "[page]"), settings);
    const student = runs.find(({ model, seed }) => model === "page" && seed === 3)!;
    const teachers = recipeFor("page", "sample").training.distillation!.teachers;
    expect(student.needs.length).toBe(teachers.length);
    for (const need of student.needs) {
      const teacher = runs.find(({ run }) => run === need)!;
      expect(teacher).toMatchObject({ seed: 0, setting: "teacher", protocol: "combined" });
      expect(runs.indexOf(teacher)).toBeLessThan(runs.indexOf(student));
    }
  });

  it("leave teachers under cross-fitting to their student", async () => {
    const runs = await planStudy(study(recipeAlone, "[resnet-distilled]"), settings);
    expect(new Set(runs.map(({ model, needs }) => `${model} ${needs.length}`))).toEqual(
      new Set(["resnet-distilled 0"]),
    );
  });

  it("ask for what the study says of their model, and of the rest", async () => {
    const runs = await planStudy(
      study(`${recipeAlone}resources:
  default: { threads: 1, memory_mb: 3000, gpus: 1, minutes: 30 }
  lstm: { memory_mb: 8000 }
`),
      settings,
    );
    const of = (wanted: string) => runs.find(({ model }) => model === wanted)!.resources;
    expect(of("resnet")).toEqual({ threads: 1, memory_mb: 3000, gpus: 1, minutes: 30 });
    expect(of("lstm")).toEqual({ threads: 1, memory_mb: 8000, gpus: 1, minutes: 30 });
    expect(of("baseline-majority").gpus).toBe(0);
  });

  it.each([
    ["a model that there is not", recipeAlone, "[resnot]", /no recipe for "resnot"/],
    [
      "a setting that a model lacks",
      "protocols: [combined]\nsettings: [{ name: wide, set: [options.units=3] }]\n",
      "[resnet]",
      /settings\.wide does not fit resnet: .*options\.units/,
    ],
    [
      "a fold that a protocol lacks",
      "protocols: [emobox-ravdess]\nsettings: [{ name: recipe }]\n",
      "[resnet]",
      /emobox-ravdess has no fold "9"/,
    ],
  ])("are refused for %s", async (_, more, models, message) => {
    const config = study(more, models);
    await expect(planStudy({ ...config, folds: ["9"] }, settings)).rejects.toThrow(message);
  });
});
