import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { packageRoot, resolveSettings } from "../../src/core/settings.js";
import { sampleFolder } from "../../src/corpora/store.js";

const home = mkdtempSync(join(tmpdir(), "affectlab-retraining-"));
const folder = join(home, "notebooks");
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Executes 03 on sample speech with these lines in place of its empty request, as someone who edits the cell does. */
function execute(options: string): string[] {
  const committed = readFileSync(join(packageRoot, "notebooks", "03-resnet.ipynb"), "utf8");
  const whole = JSON.parse(committed) as { cells: { id: string }[] };
  // Without the variants, whose teachers this store would have to train first.
  const cells = whole.cells.filter(({ id }) => id !== "variants-run");
  expect(cells).toHaveLength(whole.cells.length - 1);
  const notebook = JSON.stringify({ ...whole, cells });
  const edited = notebook
    .replace("options: {},", `options: ${options},`)
    .replace("training: {},", "training: { epochs: 1 },");
  expect(edited).not.toBe(notebook);
  const path = join(folder, "03-resnet.ipynb");
  writeFileSync(path, edited);
  const runner = join(packageRoot, "bin", "nbconvert-runner.cjs");
  const done = spawnSync(
    process.execPath,
    [runner, path, "--profile", "sample", "--output", join(home, "executed")],
    { encoding: "utf8", env: { ...process.env, AFFECTLAB_HOME: home } },
  );
  expect(done.status, done.stderr).toBe(0);
  const executed = JSON.parse(readFileSync(join(home, "executed", "03-resnet.ipynb"), "utf8")) as {
    metadata: { affectlab: { runs: string[] } };
  };
  return executed.metadata.affectlab.runs;
}

/** When each file of the store's runs was last written. */
function writtenAt(): Map<string, number> {
  const files = readdirSync(join(home, "runs"), { recursive: true, encoding: "utf8" });
  return new Map(files.map((file) => [file, statSync(join(home, "runs", file)).mtimeMs]));
}

describe("notebook 03", () => {
  it("loads its runs when it is executed again, and trains only those whose option was edited", () => {
    mkdirSync(folder, { recursive: true });
    mkdirSync(join(home, "corpora"));
    symlinkSync(sampleFolder(resolveSettings()), join(home, "corpora", "sample"));

    const first = execute("{ headUnits: 16 }");
    expect(first).toHaveLength(2);
    const before = writtenAt();

    expect(execute("{ headUnits: 16 }")).toEqual(first);
    expect(writtenAt()).toEqual(before); // nothing was trained again

    const second = execute("{ headUnits: 24 }");
    expect(second).toHaveLength(2);
    expect(second.filter((run) => first.includes(run))).toEqual([]);
    const after = writtenAt();
    for (const [file, time] of before)
      if (first.some((run) => file.startsWith(join(run, "")))) expect(after.get(file)).toBe(time);
    expect(readdirSync(join(home, "runs")).sort()).toEqual([...first, ...second].sort());
  }, 600_000);
});
