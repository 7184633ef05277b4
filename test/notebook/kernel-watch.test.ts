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
// A busy machine tells of a file later than a free one does.
const convertUntil = async (code, isEnough) => {
  let diagnostics;
  for (let tries = 0; tries < 100; tries++) {
    await new Promise((settle) => setTimeout(settle, 200));
    ({ diagnostics } = converter.convert(declOutput, code + "//" + tries));
    if (isEnough(diagnostics)) break;
  }
  return diagnostics;
};
const importing = 'import { three } from "little/appearing"; three.toFixed();';
(async () => {
  writeFileSync(path, "export const three: number = 3;");
  await new Promise((settle) => setTimeout(settle, 2500));
  const found = await convertUntil(importing, (diagnostics) => diagnostics.length === 0);
  rmSync(path);
  const missed = await convertUntil(importing, (diagnostics) => diagnostics.length > 0);
  converter.convert(declOutput, "four.toFixed();");
  console.log(JSON.stringify(found), missed.length);
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
    expect(stdout, stderr).toBe("[] 1\n");
  }, 60_000);

  it("would not without the preload: once this fails, tslab needs it no longer", () => {
    expect(run().stderr).toContain("Unexpected pending rebuildTimer");
  }, 60_000);
});
