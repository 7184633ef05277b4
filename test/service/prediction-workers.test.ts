import { type ChildProcess, fork, spawn } from "node:child_process";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { RecordingTask } from "../../src/service/messages.js";
import { openPredictionWorkers, type PredictionWorkers } from "../../src/service/prediction-workers.js";

const settings = { model: "any", root: "/nowhere", workers: 1, mostWaiting: 4 };
const started: ChildProcess[] = [];
let workers: PredictionWorkers | null = null;

/** A process that answers without a model. */
function startObedient(): ChildProcess {
  const child = fork(join(__dirname, "obedient-worker.cjs"), { serialization: "advanced" });
  started.push(child);
  return child;
}

afterEach(() => {
  workers?.close();
  workers = null;
  started.length = 0;
});

const recording = (name = "clip"): RecordingTask => ({
  ...{ kind: "recording", bytes: new Uint8Array(8), name, maxSeconds: 1 },
});
/** Lets nothing of this process go on. */
const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe("processes that answer", () => {
  it("gives a task to the next process when one died with nothing to do and nobody was told yet", async () => {
    workers = await openPredictionWorkers(settings, startObedient);
    process.kill(started[0]!.pid!, "SIGKILL");
    block(300); // it is dead by now, and this process has not heard of it
    const answer = await workers.run(recording(), { limitMs: 30_000 });
    expect(answer).toEqual({ process: started[1]!.pid });
    expect(workers.state).toEqual({ waiting: 0, running: 0, restarts: 1 });
  });

  it("gives no task to a process whose channel is closed", async () => {
    workers = await openPredictionWorkers(settings, startObedient);
    started[0]!.disconnect();
    const answer = await workers.run(recording(), { limitMs: 30_000 });
    expect(answer).toEqual({ process: started[1]!.pid });
  });

  it("gives no task to a process that it ended for being late, though an answer lies in its pipe", async () => {
    workers = await openPredictionWorkers(settings, startObedient);
    const [first] = started;
    const kill = first!.kill.bind(first);
    // A process takes a moment to die: until then its channel is open.
    first!.kill = (signal) => setTimeout(() => kill(signal), 100).hasRef();
    const late = workers.run(recording("wait 100"), { limitMs: 50 });
    const next = workers.run(recording(), { limitMs: 30_000 });
    block(400); // the limit has passed and the answer is here: both are told in one turn of the event loop
    await expect(late).rejects.toMatchObject({ reason: "late" });
    expect(await next).toEqual({ process: started[1]!.pid });
    expect(workers.state).toEqual({ waiting: 0, running: 0, restarts: 1 });
  });

  it("gives a recording more time for each window that it turns out to hold", async () => {
    workers = await openPredictionWorkers(settings, startObedient);
    const long = await workers.run(recording("20 windows, wait 1500"), { limitMs: 700 });
    expect(long).toEqual({ process: started[0]!.pid });
    const tooLong = workers.run(recording("1 windows, wait 5000"), { limitMs: 700 });
    await expect(tooLong).rejects.toThrow(/within 1\.2 s/);
  });

  it("counts the time of a task that waits from its beginning, and that of others from when it was asked", async () => {
    workers = await openPredictionWorkers(settings, startObedient);
    const long = workers.run(recording("wait 1200"), { limitMs: 30_000 });
    const window = { kind: "window", samples: new Float32Array(8) } as const;
    const impatient = workers.run(window, { limitMs: 600 });
    const patient = workers.run(window, { limitMs: 600, waits: true });
    await expect(impatient).rejects.toMatchObject({ reason: "late" });
    const answer = { process: started[0]!.pid };
    expect(await Promise.all([long, patient])).toEqual([answer, answer]);
    const stuck = workers.run(recording("wait 5000"), { limitMs: 300, waits: true });
    await expect(stuck).rejects.toMatchObject({ reason: "late" });
  });

  it("tells that a process cannot be started, and closes when none can be any more", async () => {
    const startNone = () => spawn("/nowhere/node", { stdio: ["ignore", "ignore", "ignore", "ipc"] });
    await expect(openPredictionWorkers(settings, startNone)).rejects.toThrow(/cannot be started.*ENOENT/);
    workers = await openPredictionWorkers(settings, () =>
      started.length === 0 ? startObedient() : startNone(),
    );
    process.kill(started[0]!.pid!, "SIGKILL");
    const asked = workers.run(recording("wait 60000"), { limitMs: 30_000 });
    await expect(asked).rejects.toThrow(/is stopping|ended/);
    await expect.poll(() => workers!.state.restarts).toBe(3);
    await expect(workers.run(recording(), { limitMs: 30_000 })).rejects.toThrow(/is stopping/);
  });
});
