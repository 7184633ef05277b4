import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import { freshFolder } from "./tiny-notebook.js";

/** Converts a cell as the kernel does, lets files appear and go where its compiler watches, and converts another. */
const program = `
const { createConverter } = require("${join(packageRoot, "node_modules", "tslab", "dist", "converter.js")}");
const { rmSync, writeFileSync } = require("node:fs");
const converter = createConverter();
const { declOutput } = converter.convert("", 'import { two } from "little"; const four = two * 2;');
const path = "node_modules/little/appearing.ts";
const seen = () => new Promise((settle) => setTimeout(settle, 1000));
(async () => {
  writeFileSync(path, "export const three: number = 3;");
  await seen();
  const { diagnostics } = converter.convert(declOutput, 'import { three } from "little/appearing"; three.toFixed();');
  rmSync(path);
  await seen();
  converter.convert(declOutput, "four.toFixed();");
  console.log(JSON.stringify(diagnostics));
  process.exit();
})();`;

/** A folder with a package whose types import a file that might also lie there as .ts: the compiler waits for it. */
function folderWithPackage(): string {
  const folder = freshFolder();
  const little = join(folder, "node_modules", "little");
  mkdirSync(little, { recursive: true });
  writeFileSync(join(little, "package.json"), JSON.stringify({ name: "little", types: "index.d.ts" }));
  writeFileSync(join(little, "index.d.ts"), 'export { two } from "./other";');
  writeFileSync(join(little, "other.d.ts"), "export declare const two: number;");
  return folder;
}

const run = (...preload: string[]) =>
  spawnSync(process.execPath, [...preload, "--eval", program], {
    cwd: folderWithPackage(),
    encoding: "utf8",
  });

describe("the kernel's compiler", () => {
  it("goes on when files appear and go where it watches, and finds a module among them", () => {
    const { stdout, stderr } = run("--require", join(packageRoot, "bin", "kernel-watch.cjs"));
    expect(stdout, stderr).toBe("[]\n");
  }, 60_000);

  it("would not without the preload: once this fails, tslab needs it no longer", () => {
    expect(run().stderr).toContain("Unexpected pending rebuildTimer");
  }, 60_000);
});
