import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readJson, writeJson } from "../core/files.js";
import type { Settings } from "../core/settings.js";
import { listRuns, type RunFiles, runFiles } from "./run-store.js";

/** A run that some process trains at this moment. */
export interface RunningTraining {
  readonly hash: string;
  readonly model: string;
  readonly pid: number;
}

const markOf = ({ folder }: RunFiles): string => join(folder, "running.json");

/** Says in a run's folder that this process trains it, until the returned function is called. */
export async function markRunning(files: RunFiles): Promise<() => Promise<void>> {
  await writeJson(markOf(files), { pid: process.pid });
  return () => rm(markOf(files), { force: true });
}

/** The runs of the store that a living process trains. A mark that a killed process left behind does not count. */
export async function listRunning(settings: Settings): Promise<RunningTraining[]> {
  const running: RunningTraining[] = [];
  for (const { hash, spec } of await listRuns(settings)) {
    const mark = (await readJson(markOf(runFiles(hash, settings)))) as { pid?: number } | null;
    if (mark?.pid !== undefined && isAlive(mark.pid))
      running.push({ hash, model: spec.model, pid: mark.pid });
  }
  return running;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // another user's process is one all the same
  }
}
