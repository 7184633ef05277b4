import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../../src/core/settings.js";
import { parseStudyConfig, readStudyConfig } from "../../../src/training/study/study-config.js";

const good = readFileSync(join(packageRoot, "workflow", "study.yaml"), "utf8");
const change = (from: string | RegExp, to: string): string => {
  const changed = good.replace(from, to);
  expect(changed).not.toBe(good);
  return changed;
};

describe("a study's file", () => {
  it("says what is studied; the committed one is small and on synthetic speech", () => {
    const study = parseStudyConfig(good, "study.yaml");
    expect(study).toMatchObject({ name: "small", profile: "sample", seeds: [0, 1], folds: "all" });
    expect(study.settings[0]).toEqual({ name: "recipe", set: [] });
    expect(study.settings[1]!.models).toEqual(["resnet"]);
    expect(study.resources?.default).toEqual({ threads: 1, memory_mb: 3000, gpus: 0, minutes: 30 });
  });

  it("takes folds as numbers or words", () => {
    const study = parseStudyConfig(change("folds: all", "folds: [1, crema-d]"), "study.yaml");
    expect(study.folds).toEqual(["1", "crema-d"]);
  });

  it.each([
    ["an unknown field", change("seeds:", "seed:"), /^study\.yaml/],
    ["a protocol that there is not", change("combined", "combind"), /^study\.yaml, protocols\.1: /],
    ["a seed that is none", change("[0, 1]", "[0, -1]"), /^study\.yaml, seeds\.1: /],
    ["a seed twice", change("[0, 1]", "[1, 1]"), /^study\.yaml, seeds: names one twice/],
    ["a name with a blank", change("name: small", "name: my study"), /^study\.yaml, name: use small letters/],
    [
      "two settings of a name",
      change("no-augmentation", "recipe"),
      /^study\.yaml, settings: names one twice/,
    ],
    ["a misspelt part of a setting", change("models: [resnet]", "model: [resnet]"), /settings\.1: .*model/],
    [
      "a setting of a model that is not studied",
      change("models: [resnet]", "models: [resne]"),
      /settings\.no-augmentation: "resne" is not among/,
    ],
    ["resources without a default", change("default:", "resnet:"), /^study\.yaml, resources\.default/],
    ["no folds", change("folds: all", ""), /^study\.yaml, folds: say all, or a list of folds/],
    ["a fold twice", change("folds: all", "folds: [1, 1]"), /^study\.yaml, folds: names one twice/],
    ["no memory", change("memory_mb: 3000", "memory_mb: 0"), /^study\.yaml, resources\.default\.memory_mb/],
    ["something else than YAML", "a: [", /^study\.yaml is not YAML: /],
  ])("with %s is refused by the place", (_, text, message) => {
    expect(() => parseStudyConfig(text, "study.yaml")).toThrow(message);
  });

  it("that is not there is refused", async () => {
    await expect(readStudyConfig("/no/such/study.yaml")).rejects.toThrow(/study\.yaml cannot be read/);
  });
});
