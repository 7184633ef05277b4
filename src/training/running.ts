import { join } from "node:path";
import { lockOwner, takeLock } from "../core/owner-lock.js";
import type { ProgressListener } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import type { StopSignal } from "../core/stop-signal.js";
import { listRuns, lockName, type RunFiles, runFiles } from "./run-store.js";

/** A run that some process trains at this moment. */
export interface RunningTraining {
  readonly hash: string;
  readonly model: string;
  readonly pid: number;
}

/** How waiting for a run tells of itself and is stopped. */
export interface LockWork {
  readonly onProgress?: ProgressListener | undefined;
  readonly stop?: StopSignal | undefined;
}

const lockOf = ({ folder }: RunFiles): string => join(folder, lockName);

/**
 * Makes this process the only one that trains a run, until the returned function is called; waits, and says so, while
 * another one does. Throws InterruptedError when stopped while it waits.
 */
export async function lockRun(
  files: RunFiles,
  { onProgress, stop }: LockWork = {},
): Promise<() => Promise<void>> {
  return await takeLock(lockOf(files), {
    stop,
    onWait: ({ pid, machine }) => {
      const task = `waiting for process ${pid} on ${machine.split(" ")[0]}, which trains this run`;
      onProgress?.({ task, done: 0, total: 0, rate: 0, etaSeconds: 0, note: "" });
    },
  });
}

/** Does something to a run as the only process that trains it. Waits and throws as `lockRun` does. */
export async function aloneWithRun<T>(files: RunFiles, work: LockWork, use: () => Promise<T>): Promise<T> {
  const release = await lockRun(files, work);
  try {
    return await use();
  } finally {
    await release();
  }
}

/** Whether a living process, here or on another machine, trains that run. */
export async function isRunning(hash: string, settings: Settings): Promise<boolean> {
  return (await lockOwner(lockOf(runFiles(hash, settings)))) !== null;
}

/** The runs of the store that a living process trains. The lock that a killed process left behind does not count. */
export async function listRunning(settings: Settings): Promise<RunningTraining[]> {
  const running: RunningTraining[] = [];
  for (const { hash, spec } of await listRuns(settings)) {
    const owner = await lockOwner(lockOf(runFiles(hash, settings)));
    if (owner !== null) running.push({ hash, model: spec.model, pid: owner.pid });
  }
  return running;
}
