import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/settings.js";

const dist = join(packageRoot, "dist");

/** What a compiled file loads, and what that loads in its turn: our own files, and packages by name. */
function reachedFrom(file: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string): void => {
    if (files.has(relative(dist, path))) return;
    files.add(relative(dist, path));
    for (const [, name] of readFileSync(path, "utf8").matchAll(/(?:require|import)\("([^"]+)"\)/g)) {
      if (name!.startsWith(".")) visit(join(dirname(path), name!));
      else packages.add(name!.replace(/^node:/, ""));
    }
  };
  visit(join(dist, file));
  return { files, packages };
}

describe("affectlab/inference", () => {
  it("is what a program imports by that name, and a part of affectlab", () => {
    const script = `
      const inference = require("affectlab/inference");
      const whole = require("affectlab");
      const strangers = Object.keys(inference).filter((name) => whole[name] !== inference[name]);
      console.log(JSON.stringify({ names: Object.keys(inference), strangers }));`;
    const { stdout } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8", cwd: packageRoot });
    const { names, strangers } = JSON.parse(stdout) as { names: string[]; strangers: string[] };
    expect(names).toEqual(expect.arrayContaining(["loadPredictor", "predictRecording", "decodeFile"]));
    expect(strangers).toEqual([]);
  });

  it("loads no notebook, training, corpus or chart", () => {
    const { files, packages } = reachedFrom("inference/index.js");
    const folders = new Set([...files].map((file) => file.split("/")[0]));
    expect([...folders].sort()).toEqual(["audio", "core", "features", "inference", "kernels", "models"]);
    for (const name of ["danfojs-node", "vega", "plotly.js-dist-min", "tslab", "piscina"]) {
      expect(packages).not.toContain(name);
    }
  });

  it.each(["assemble-predictor", "model-card", "predict", "speech-segments", "timeline", "voice-activity"])(
    "keeps %s free of Node, for a page",
    (name) => {
      const { packages } = reachedFrom(`inference/${name}.js`);
      expect([...packages].filter((one) => builtinModules.includes(one))).toEqual([]);
      expect(packages).not.toContain("@tensorflow/tfjs-node-gpu");
    },
  );

  it.each([
    ["tslab's, which ignores exports", ts.ModuleResolutionKind.Node10, ts.ModuleKind.CommonJS],
    ["Node's own", ts.ModuleResolutionKind.Node16, ts.ModuleKind.Node16],
  ])("is typed for the resolution %s", (_, moduleResolution, module) => {
    const from = join(packageRoot, "notebooks", "cell.ts");
    const options = { moduleResolution, module };
    for (const [name, types] of [
      ["affectlab", "dist/index.d.ts"],
      ["affectlab/inference", "dist/inference/index.d.ts"],
    ] as const) {
      const { resolvedModule } = ts.resolveModuleName(name, from, options, ts.sys);
      expect(relative(packageRoot, ts.sys.realpath!(resolvedModule!.resolvedFileName))).toBe(types);
    }
  });
});
