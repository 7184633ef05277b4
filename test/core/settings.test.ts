import { writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { resolveSettings } from "../../src/core/settings.js";
import { temporaryFolder } from "../temporary-folder.js";

const names = ["AFFECTLAB_HOME", "AFFECTLAB_PROFILE", "AFFECTLAB_SEED", "AFFECTLAB_PRECISION"] as const;
const before = names.map((name) => process.env[name]);
let root: string;
beforeEach(() => {
  root = temporaryFolder("settings");
  for (const name of names) delete process.env[name];
});
afterEach(() => {
  names.forEach((name, i) => {
    if (before[i] === undefined) delete process.env[name];
    else process.env[name] = before[i];
  });
});
const writeFile = (value: unknown) => writeFileSync(join(root, "affectlab.json"), JSON.stringify(value));

describe("settings", () => {
  it("have defaults: the user's cache, the sample profile, seed 0, the machine's precision", () => {
    expect(resolveSettings({ root })).toEqual({
      root,
      home: join(homedir(), ".cache", "affectlab"),
      profile: "sample",
      seed: 0,
      precision: "auto",
    });
  });

  it("take a flag before the environment before affectlab.json before the default, each on its own", () => {
    writeFile({ home: "/file", profile: "quick", seed: 1, precision: "bf16" });
    const fromFile = { home: "/file", profile: "quick", seed: 1, precision: "bf16" };
    expect(resolveSettings({ root })).toMatchObject(fromFile);
    process.env.AFFECTLAB_HOME = "/environment";
    process.env.AFFECTLAB_SEED = "2";
    expect(resolveSettings({ root })).toMatchObject({ home: "/environment", profile: "quick", seed: 2 });
    process.env.AFFECTLAB_PROFILE = "full";
    process.env.AFFECTLAB_PRECISION = "float32";
    expect(resolveSettings({ root }).precision).toBe("float32");
    const flags = { root, home: "/flag", seed: 0, precision: "auto" } as const;
    expect(resolveSettings(flags)).toMatchObject({ ...flags, profile: "full" });
  });

  it("take an empty environment variable as not set", () => {
    for (const name of names) process.env[name] = "";
    expect(resolveSettings({ root })).toMatchObject({ profile: "sample", seed: 0 });
  });

  it("read a relative home in affectlab.json from the checkout, wherever the command runs", () => {
    writeFile({ home: "store" });
    expect(resolveSettings({ root }).home).toBe(join(root, "store"));
  });

  it.each([
    ["AFFECTLAB_PROFILE", "fast", 'no profile "fast".*sample, quick, full'],
    ["AFFECTLAB_SEED", "-1", '"-1" is not a seed'],
    ["AFFECTLAB_SEED", "1.5", '"1.5" is not a seed'],
    ["AFFECTLAB_SEED", "one", '"one" is not a seed'],
    ["AFFECTLAB_PRECISION", "bfloat16", 'no precision "bfloat16".*auto, float32, bf16'],
  ])("refuse %s=%s by name", (name, value, message) => {
    process.env[name] = value;
    expect(() => resolveSettings({ root })).toThrow(LabError);
    expect(() => resolveSettings({ root })).toThrow(new RegExp(message));
  });

  it.each([{ profile: "fast" }, { seed: -1 }, { hom: "/typo" }, [], { seed: "1" }, { precision: "float16" }])(
    "refuse affectlab.json with %j, naming the file",
    (value) => {
      writeFile(value);
      expect(() => resolveSettings({ root })).toThrow(/affectlab\.json cannot be used/);
    },
  );

  it("refuse an affectlab.json that is not JSON", () => {
    writeFileSync(join(root, "affectlab.json"), "{home");
    expect(() => resolveSettings({ root })).toThrow(LabError);
  });
});
