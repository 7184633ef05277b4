import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { deleteRun, listRuns, runFiles, type StoredRun } from "../training/run-store.js";
import { isRunning } from "../training/running.js";
import type { Workplace } from "./global-options.js";
import { formatBytes } from "./text-table.js";

/** Something that `prune` deletes. */
interface Prunable {
  readonly what: string;
  readonly bytes: number;
  remove(): Promise<void>;
}

/**
 * Deletes unfinished runs that nobody trains and nothing touched for `idleHours`, and the checkpoints of finished runs but the best and the
 * last; without `isMeant` it only tells of them.
 */
export async function pruneRuns(
  idleHours: number,
  isMeant: boolean,
  { settings, log }: Workplace,
): Promise<void> {
  const found: Prunable[] = [];
  for (const run of await listRuns(settings)) {
    const folder = runFiles(run.hash, settings).folder;
    if (await isRunning(run.hash, settings)) continue;
    if (run.finished) found.push(...(await olderCheckpoints(run, folder)));
    else if (Date.now() - run.modified.getTime() >= idleHours * 3_600_000) {
      const bytes = await bytesOf(folder, await readdir(folder));
      const what = `${run.hash}: unfinished ${run.spec.model} on ${run.spec.protocol}`;
      found.push({ what, bytes, remove: () => deleteRun(run.hash, settings) });
    }
  }
  if (found.length === 0) {
    console.log("There is nothing to prune.");
    return;
  }
  for (const { what, bytes, remove } of found) {
    if (isMeant) await remove();
    console.log(`${formatBytes(bytes).padStart(8)}  ${what}`);
  }
  const total = formatBytes(found.reduce((sum, { bytes }) => sum + bytes, 0));
  console.log(isMeant ? `${total} freed.` : `${total} would be freed; add --yes to delete.`);
  if (isMeant) log.info({ pruned: found.length }, "runs pruned");
}

async function olderCheckpoints({ hash }: StoredRun, folder: string): Promise<Prunable[]> {
  const names = (await readdir(folder)).filter((name) => /^epoch-\d+\.safetensors$/.test(name));
  if (names.length === 0) return [];
  const remove = async (): Promise<void> => {
    for (const name of names) await rm(join(folder, name), { force: true });
  };
  return [
    { what: `${hash}: ${names.length} older checkpoints`, bytes: await bytesOf(folder, names), remove },
  ];
}

async function bytesOf(folder: string, names: readonly string[]): Promise<number> {
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
