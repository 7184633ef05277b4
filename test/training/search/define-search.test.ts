import { beforeAll, describe, expect, it } from "vitest";
import { specHash } from "../../../src/core/hash.js";
import type { Settings } from "../../../src/core/settings.js";
import { architectureNamed, completeOptions } from "../../../src/models/registry.js";
import { checkTraining } from "../../../src/training/check-training.js";
import { defineRun } from "../../../src/training/define-run.js";
import { recipeFor } from "../../../src/training/recipes.js";
import { type RunSpec, runHash } from "../../../src/training/run-spec.js";
import {
  assignmentsOf,
  commandForTrial,
  defineSearch,
  type Search,
  settingText,
  specOfTrial,
  startOf,
} from "../../../src/training/search/define-search.js";
import { type Range, searchedModels, searchSpaceOf } from "../../../src/training/search-spaces.js";
import { parseChanges } from "../../../src/training/spec-changes.js";
import { settingsWithTones } from "../toy-corpus.js";
import { toneSearch, trialOfTones } from "./tone-search.js";

let settings: Settings;
let search: Search;
beforeAll(async () => {
  settings = await settingsWithTones();
  search = await defineSearch(toneSearch, settings);
});

function recipeAsBase(model: string): RunSpec {
  const recipe = recipeFor(model, "full");
  return { ...recipe, options: completeOptions(architectureNamed(model), recipe.options) } as RunSpec;
}

/** The ends of a range, or all its choices, as texts. */
function extremes(range: Range): string[] {
  return range.kind === "choice"
    ? range.values.map((value) => JSON.stringify(value))
    : [settingText(range, range.low), settingText(range, range.high)];
}

describe.each(searchedModels)("the search space of %s", (model) => {
  const space = searchSpaceOf(model);
  const base = recipeAsBase(model);

  it("holds the recipe, so that a search starts there", () => {
    expect(Object.keys(startOf({ base, space })).sort()).toEqual(Object.keys(space).sort());
  });

  it("has nothing but settings that training takes, up to the ends of their ranges", () => {
    for (const [path, range] of Object.entries(space)) {
      for (const text of extremes(range)) {
        const { training, options } = parseChanges([`${path}=${text}`], base);
        checkTraining({ ...base.training, ...training });
        completeOptions(architectureNamed(model), options as RunSpec["options"]);
      }
    }
  });
});

describe("a search", () => {
  it("is the same study for the same request, and another for other epochs, changes or clips", async () => {
    expect((await defineSearch(toneSearch, settings)).name).toBe(search.name);
    expect(search.name).toBe(`resnet-${specHash({ base: search.base, space: search.space })}`);
    const others = [
      { ...toneSearch, epochs: 5 },
      { ...toneSearch, changes: [...toneSearch.changes, "training.warmupEpochs=2"] },
    ];
    for (const other of others) expect((await defineSearch(other, settings)).name).not.toBe(search.name);
    expect((await defineSearch(toneSearch, { ...settings, seed: 1 })).name).not.toBe(search.name);
  });

  it("refuses a model without a search space, and a change of what it searches", async () => {
    await expect(defineSearch({ ...toneSearch, model: "whisper" }, settings)).rejects.toThrow(
      /no search space for "whisper"\. There is one for: resnet, lstm/,
    );
    const changes = [...toneSearch.changes, "training.learningRate=0.1"];
    await expect(defineSearch({ ...toneSearch, changes }, settings)).rejects.toThrow(
      /training\.learningRate is searched, so it cannot be set/,
    );
  });
});

describe("a trial", () => {
  it("is the run that `affectlab train --set` defines", async () => {
    const spec = specOfTrial(search, trialOfTones);
    const { base } = search;
    const { options, features, training } = parseChanges(
      [...toneSearch.changes, ...assignmentsOf(trialOfTones), "training.epochs=4"],
      recipeAsBase("resnet"),
    );
    const { model, protocol } = base;
    const asked = { model, protocol, options: options as RunSpec["options"], features, training };
    const trained = await defineRun(asked, settings);
    expect(runHash(spec)).toBe(runHash(trained));
    expect(spec.training.mixup).toEqual({ alpha: base.training.mixup.alpha, share: 0.25 });
    expect(spec.options.headUnits).toBe(64);
  });

  it("is written as a command with the recipe's epochs, quoted for a shell", () => {
    const command = commandForTrial(search, trialOfTones);
    expect(command).toMatch(/^affectlab train resnet --protocol evar --profile full --set /);
    expect(command).toContain("--set training.learningRate=0.00316");
    expect(command).toContain("--set 'options.channels=[4,8]'");
    expect(command).toContain("--set 'training.sampling=\"balanced\"'");
    expect(command).not.toContain("training.epochs");
  });

  it("has numbers of three significant digits, and choices as they are", () => {
    expect(settingText({ kind: "number", low: 0, high: 1, scale: "linear" }, 0.123456)).toBe("0.123");
    expect(settingText({ kind: "number", low: 1e-8, high: 1, scale: "logarithmic" }, 1.23456e-7)).toBe(
      "1.23e-7",
    );
    expect(settingText({ kind: "whole number", low: 0, high: 4000, step: 1 }, 1234)).toBe("1234");
    expect(settingText({ kind: "choice", values: [[1, 2]] }, "[1,2]")).toBe("[1,2]");
  });
});
