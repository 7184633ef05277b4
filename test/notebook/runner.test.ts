import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../../src/core/settings.js";
import { joinText, type Notebook, readNotebook } from "../../src/notebook/notebook-file.js";
import { codeCell, freshFolder, notebookOf, textCell, writeTiny } from "./tiny-notebook.js";

const runner = join(packageRoot, "bin", "nbconvert-runner.cjs");

function outputText(notebook: Notebook, cell: number): string {
  return (notebook.cells[cell]!.outputs ?? []).map((output) => joinText(output.text)).join("");
}

const recording = `
const record = require("affectlab/dist/notebook/record.js");
record.recordRun({ specHash: "0123456789abcdef", dataChecksum: "cafe" });
console.log(process.env.AFFECTLAB_PROFILE, process.cwd(), "checkout at ${packageRoot}/src");`;

describe("nbconvert-runner", () => {
  const folder = freshFolder();
  const output = join(folder, "executed");
  let told = "";
  let code: number | null = null;

  beforeAll(() => {
    const before = codeCell('console.log("before");');
    const after = codeCell('console.log("after");');
    const cases: Record<string, Notebook> = {
      "a-well": notebookOf([textCell("# Well"), codeCell(recording.trim())]),
      "b-throws": notebookOf([
        textCell("# Throws"),
        before,
        codeCell('throw new Error("broken on purpose");'),
        after,
      ]),
      "c-wrong-type": notebookOf([before, codeCell('const count: number = "three";'), after]),
      "d-timer": notebookOf([
        before,
        codeCell('setTimeout(() => { throw new Error("late"); }, 20);'),
        codeCell("await new Promise((r) => setTimeout(r, 300));"),
      ]),
      "e-rejection": notebookOf([codeCell('void Promise.reject(new Error("nobody waits"));')]),
      "f-too-long": notebookOf([before, codeCell("while (true) {}")]),
      "g-dies": notebookOf([before, codeCell('process.kill(process.pid, "SIGKILL");')]),
    };
    const paths = Object.entries(cases).map(([name, notebook]) => writeTiny(folder, name, notebook));
    const args = [...paths, "--jobs", "2", "--profile", "sample", "--timeout", "20", "--output", output];
    const done = spawnSync(process.execPath, [runner, ...args], { encoding: "utf8" });
    told = done.stderr;
    code = done.status;
  }, 900_000);

  it("exits with 1 when a notebook failed, and counts", () => {
    expect(code).toBe(1);
    expect(told).toMatch(/1 executed, 6 failed\n$/);
  });

  it("executes the sound notebook with the profile, and takes its record into the metadata", async () => {
    expect(told).toMatch(/✓ a-well\.ipynb/);
    const executed = await readNotebook(join(output, "a-well.ipynb"));
    expect(outputText(executed, 1)).toMatch(/^sample \. checkout at \.\/src/);
    expect(executed.cells[1]!.outputs).toHaveLength(1);
    expect(executed.metadata.affectlab).toEqual({
      profile: "sample",
      runs: ["0123456789abcdef"],
      dataChecksum: "cafe",
      executedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it("names notebook, cell and error of a cell that throws, and saves what ran before it", async () => {
    expect(told).toMatch(
      /✗ b-throws\.ipynb, cell 3: failed after .*\n(\s{4}.*\n)*\s+Error: broken on purpose/,
    );
    const executed = await readNotebook(join(output, "b-throws.failed.ipynb"));
    expect(outputText(executed, 1)).toBe("before\n");
    expect(outputText(executed, 2)).toContain("broken on purpose");
    expect(executed.cells[3]!.outputs).toEqual([]);
    expect(existsSync(join(output, "b-throws.ipynb"))).toBe(false);
  });

  it("reports an error of types, which the kernel prints on stderr only", () => {
    expect(told).toMatch(
      /✗ c-wrong-type\.ipynb, cell 2: failed .*\n.*Type 'string' is not assignable to type 'number'/,
    );
  });

  it("reports a throw in a timer although every cell passed", () => {
    expect(told).toMatch(
      /✗ d-timer\.ipynb, cell [23]: threw an error that nothing awaits .*\n.*UncaughtException: Error: late/,
    );
  });

  it("reports an unhandled rejection in the last cell", () => {
    expect(told).toMatch(
      /✗ e-rejection\.ipynb, cell 1: threw .*\n.*UnhandledPromiseRejection: Error: nobody waits/,
    );
  });

  it("ends a cell that runs longer than it may, and saves what ran before it", async () => {
    expect(told).toMatch(
      /✗ f-too-long\.ipynb, cell 2: ran out of time after .*\n\s+The cell ran longer than 20 s\./,
    );
    expect(outputText(await readNotebook(join(output, "f-too-long.failed.ipynb")), 0)).toBe("before\n");
  });

  it("reports a kernel that died", () => {
    expect(told).toMatch(/✗ g-dies\.ipynb, cell 2: ended with its kernel/);
  });
});

describe("nbconvert-runner --in-place", () => {
  it("replaces a notebook that ran well and leaves one that failed as it was", async () => {
    const folder = freshFolder();
    const well = writeTiny(folder, "well", notebookOf([codeCell("console.log(6 * 7);")]));
    const broken = writeTiny(folder, "broken-in-place", notebookOf([codeCell('throw new Error("no");')]));
    const before = readFileSync(broken, "utf8");
    const done = spawnSync(process.execPath, [runner, well, broken, "--in-place", "--jobs", "2"], {
      encoding: "utf8",
    });
    expect(done.status).toBe(1);
    expect(outputText(await readNotebook(well), 0)).toBe("42\n");
    expect(readFileSync(broken, "utf8")).toBe(before);
    const saved = join(packageRoot, "build", "notebooks", "broken-in-place.failed.ipynb");
    expect(done.stderr).toContain(saved);
    expect(existsSync(saved)).toBe(true);
  }, 300_000);
});

describe("nbconvert-runner's size limit", () => {
  it("refuses a notebook over 2 MB for publishing, and warns on the sample profile", () => {
    const folder = freshFolder();
    const path = writeTiny(
      folder,
      "large",
      notebookOf([codeCell('console.log(("x".repeat(99) + "\\n").repeat(21_000));')]),
    );
    const run = (profile: string) =>
      spawnSync(process.execPath, [runner, path, "--profile", profile, "--output", join(folder, profile)], {
        encoding: "utf8",
      });
    const quick = run("quick");
    expect(quick.status).toBe(1);
    expect(quick.stderr).toMatch(
      /not kept, after .*\n\s+The executed notebook is 2\.3 MB, more than 2 MB, and GitHub would not show it/,
    );
    expect(existsSync(join(folder, "quick", "large.ipynb"))).toBe(false);
    const sample = run("sample");
    expect(sample.status).toBe(0);
    expect(sample.stderr).toMatch(/2\.3 MB.*cannot be published/);
  }, 300_000);
});

/** Whether a process runs; one that has ended and waits for its parent to notice does not. */
function isAlive(pid: number): boolean {
  const path = `/proc/${pid}/stat`;
  return existsSync(path) && !/\) Z /.test(readFileSync(path, "utf8"));
}

describe("nbconvert-runner's usage", () => {
  it.each([
    [["--output", "a", "--in-place"], /exclude each other/],
    [["--profile", "huge"], /Allowed choices are sample, quick, full/],
    [["--jobs", "two"], /whole number/],
  ])("refuses %j with exit code 2", (args, message) => {
    const done = spawnSync(process.execPath, [runner, "x.ipynb", ...args], { encoding: "utf8" });
    expect(done.status).toBe(2);
    expect(done.stderr).toMatch(message);
  });

  it("reports a file that is no notebook and ends with 1", () => {
    const done = spawnSync(
      process.execPath,
      [runner, join(packageRoot, "package.json"), "--output", freshFolder()],
      {
        encoding: "utf8",
      },
    );
    expect(done.status).toBe(1);
    expect(done.stderr).toMatch(/package\.json.*cannot be read as a notebook/);
  });

  it("ends a kernel whose starter was gone before the kernel could look", () => {
    const gone = spawnSync(process.execPath, ["--eval", ""]).pid;
    const preload = join(packageRoot, "bin", "kernel-parent.cjs");
    const kernel = spawnSync(
      process.execPath,
      ["--require", preload, "--eval", "setInterval(() => {}, 1000)"],
      {
        env: { ...process.env, JPY_PARENT_PID: String(gone) },
        timeout: 60_000,
      },
    );
    expect(kernel.signal).toBeNull();
    expect(kernel.status).toBe(1);
  }, 90_000);

  it("leaves no kernel behind when its process is killed", async () => {
    const folder = freshFolder();
    const marker = `orphan-${process.pid}-${Date.now()}`;
    const path = writeTiny(folder, marker, notebookOf([codeCell("await new Promise(() => {});")]));
    const child = spawn(process.execPath, [runner, path, "--output", join(folder, "out")], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const python = (): string =>
      spawnSync("pgrep", ["-f", `execute_notebook.py .*${marker}`], { encoding: "utf8" }).stdout.trim();
    const kernelOf = (parent: string): string =>
      spawnSync("pgrep", ["-P", parent, "-f", "tslab"], { encoding: "utf8" }).stdout.trim();
    await expect
      .poll(() => python() !== "" && kernelOf(python()), { timeout: 200_000, interval: 200 })
      .toBeTruthy();
    const kernel = Number(kernelOf(python()));
    const closed = new Promise((settle) => child.on("close", settle));
    process.kill(Number(python()), "SIGKILL");
    expect(await closed).toBe(1);
    await expect.poll(() => isAlive(kernel), { timeout: 60_000, interval: 500 }).toBe(false);
  }, 300_000);

  it("stops at SIGTERM with 130 and leaves no kernel behind", async () => {
    const folder = freshFolder();
    const marker = `marker-${process.pid}-${Date.now()}`;
    const cell = codeCell(`process.title = "${marker}"; console.log("runs"); await new Promise(() => {});`);
    const path = writeTiny(folder, "endless", notebookOf([cell]));
    const child = spawn(process.execPath, [runner, path, "--output", join(folder, "out")], {
      stdio: "ignore",
    });
    const isRunning = (): boolean => spawnSync("pgrep", ["-f", marker]).status === 0;
    await expect.poll(isRunning, { timeout: 200_000, interval: 500 }).toBe(true);
    const closed = new Promise((settle) => child.on("close", settle));
    child.kill("SIGTERM");
    expect(await closed).toBe(130);
    await expect.poll(isRunning, { timeout: 60_000, interval: 500 }).toBe(false);
  }, 300_000);
});
