import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openThreadPool } from "../../src/core/thread-pool.js";
import { temporaryFolder } from "../temporary-folder.js";

interface Task {
  readonly path: string;
  /** How many threads end over it. */
  readonly deaths: number;
  readonly folder: string;
}

/** A worker that ends its thread as often as a task wants, and then gives the task's name back. */
const worker = `
const { openSync } = require("node:fs");
const { join } = require("node:path");
module.exports = async ({ path, deaths, folder }) => {
  if (path === "broken") throw new TypeError("a defect");
  for (let i = 0; i < deaths; i++) {
    try { openSync(join(folder, path + i), "wx"); } catch { continue; }
    process.exit(1);
  }
  return path;
};
`;

async function runAll(tasks: readonly Omit<Task, "folder">[]): Promise<unknown[]> {
  const folder = temporaryFolder("threads");
  const filename = join(folder, "worker.cjs");
  writeFileSync(filename, worker);
  const pool = openThreadPool<Task, string>({ filename, minThreads: 2, maxThreads: 2 });
  try {
    return await Promise.all(tasks.map((task) => pool.run({ ...task, folder }).catch((error) => error)));
  } finally {
    await pool.close();
  }
}

describe("a pool of threads", () => {
  it("does a task again whose thread ended, and all others once", async () => {
    const tasks = Array.from({ length: 12 }, (_, i) => ({ path: `clip-${i}`, deaths: i % 4 === 1 ? 2 : 0 }));
    expect(await runAll(tasks)).toEqual(tasks.map(({ path }) => path));
  });

  it("gives up on a task over which three have ended, names it, and does the others", async () => {
    const [first, deadly, last] = await runAll([
      { path: "first", deaths: 0 },
      { path: "deadly", deaths: 9 },
      { path: "last", deaths: 0 },
    ]);
    expect([first, last]).toEqual(["first", "last"]);
    expect(deadly).toEqual({
      problem: expect.stringContaining("deadly could not be read: 3 threads ended"),
    });
  });

  it("passes on what a task throws, without doing it again", async () => {
    const [error] = await runAll([{ path: "broken", deaths: 0 }]);
    expect((error as Error).message).toBe("a defect");
  });
});
