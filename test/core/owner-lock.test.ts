import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { InterruptedError } from "../../src/core/errors.js";
import { type LockOwner, lockOwner, takeLock } from "../../src/core/owner-lock.js";
import { isLiving, ownIdentity } from "../../src/core/process-identity.js";
import { temporaryFolder } from "../temporary-folder.js";

const quick = { lookEveryMs: 5 };
const newLock = (): string => join(temporaryFolder("lock"), "folder", "running.json");

/** Writes a lock as another process would have left it. */
async function leaveLock(path: string, owner: Partial<LockOwner>): Promise<LockOwner> {
  const whole = { id: "left", ...ownIdentity(), ...owner };
  await (await takeLock(path))(); // makes the folder
  await writeFile(path, JSON.stringify(whole));
  return whole;
}

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid!;
}

describe("a lock with an owner", () => {
  it("is waited for, and those who wait are told of its owner", async () => {
    const path = newLock();
    const release = await takeLock(path);
    const told: LockOwner[] = [];
    const second = takeLock(path, { ...quick, onWait: (owner) => told.push(owner) });
    await expect.poll(() => told.length).toBeGreaterThan(1);
    expect(told[0]).toMatchObject(ownIdentity());
    await release();
    const releaseSecond = await second;
    expect((await lockOwner(path))?.id).not.toBe(told[0]!.id);
    await releaseSecond();
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it("is taken over at once from a process that has ended", async () => {
    const path = newLock();
    await leaveLock(path, { pid: await endedProcess() });
    expect(await lockOwner(path)).toBeNull();
    const release = await takeLock(path, { ...quick, onWait: () => expect.unreachable() });
    expect((await lockOwner(path))?.pid).toBe(process.pid);
    await release();
    expect(existsSync(path)).toBe(false);
  });

  it("is taken over from a process whose number another one has been given", async () => {
    const path = newLock();
    const owner = await leaveLock(path, { began: "in another life" });
    expect(isLiving(owner)).toBe(false);
    await (await takeLock(path, { ...quick, onWait: () => expect.unreachable() }))();
  });

  it("of another machine is taken over when it shows no sign of life", async () => {
    const path = newLock();
    await leaveLock(path, { machine: "elsewhere", pid: await endedProcess() });
    expect((await lockOwner(path))?.machine).toBe("elsewhere");
    let signs = 0;
    const start = Date.now();
    const release = await takeLock(path, {
      ...quick,
      silenceMs: 100,
      onWait: () => {
        if (signs++ < 40) void utimes(path, signs, signs);
      },
    });
    expect(signs).toBeGreaterThanOrEqual(40);
    expect(Date.now() - start).toBeGreaterThanOrEqual(100);
    await release();
  });

  it("lets a stop signal end the waiting", async () => {
    const path = newLock();
    const release = await takeLock(path);
    const stop = { requested: true, request() {}, release() {} };
    await expect(takeLock(path, { ...quick, stop })).rejects.toThrow(InterruptedError);
    await release();
  });

  it("is held by one at a time when many find its owner dead at once", async () => {
    const path = newLock();
    await leaveLock(path, { pid: await endedProcess() });
    let inside = 0;
    let most = 0;
    let turns = 0;
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const release = await takeLock(path, quick);
        most = Math.max(most, ++inside);
        turns++;
        await new Promise((resolve) => setTimeout(resolve, 2));
        inside--;
        await release();
      }),
    );
    expect({ most, turns }).toEqual({ most: 1, turns: 20 });
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it("is taken over although the one who was taking it over has died too", async () => {
    const path = newLock();
    const pid = await endedProcess();
    await leaveLock(path, { pid, id: "first" });
    await writeFile(`${path}.first`, JSON.stringify({ ...ownIdentity(), pid, id: "second" }));
    await (await takeLock(path, { ...quick, onWait: () => expect.unreachable() }))();
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it("that holds something else is nobody's", async () => {
    const path = newLock();
    await leaveLock(path, {});
    await writeFile(path, '{"pid":1}');
    const release = await takeLock(path, { ...quick, onWait: () => expect.unreachable() });
    expect(JSON.parse(await readFile(path, "utf8")).pid).toBe(process.pid);
    await release();
  });

  it("is not given back by one from whom it was taken", async () => {
    const path = newLock();
    const release = await takeLock(path);
    await writeFile(path, JSON.stringify({ ...ownIdentity(), id: "successor" }));
    await release();
    expect((await lockOwner(path))?.id).toBe("successor");
  });
});
