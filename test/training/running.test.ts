import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runHash } from "../../src/training/run-spec.js";
import { openRun } from "../../src/training/run-store.js";
import { listRunning, lockRun } from "../../src/training/running.js";
import { untrainedRun } from "./untrained-run.js";

describe("the trainings that are going on", () => {
  it("are those that a living process has marked", async () => {
    const { settings, spec } = untrainedRun();
    const files = await openRun(spec, settings);
    expect(await listRunning(settings)).toEqual([]);
    const release = await lockRun(files);
    expect(await listRunning(settings)).toEqual([{ hash: runHash(spec), model: "resnet", pid: process.pid }]);
    await release();
    expect(await listRunning(settings)).toEqual([]);
  });

  it("are not those of a process that was killed", async () => {
    const { settings, spec } = untrainedRun();
    const { folder } = await openRun(spec, settings);
    const ended = spawn(process.execPath, ["-e", ""]);
    await once(ended, "exit");
    await writeFile(join(folder, "running.json"), JSON.stringify({ pid: ended.pid }));
    expect(await listRunning(settings)).toEqual([]);
  });
});
