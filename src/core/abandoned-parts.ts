import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isLiving, ownIdentity } from "./process-identity.js";

/** What a process names what it is writing: the number of the process, and digits of the file's or folder's own. */
const partName = /\.(\d+)(\.[0-9a-f]{8})?\.part$/;
const anHourMs = 3_600_000;

/** Folders that this process has looked through: the feature cache holds many thousands of files, and is read often. */
const lookedThrough = new Set<string>();

/**
 * Removes what processes which were killed had half written below `folder` (`….<process>.<digits>.part`, files and folders):
 * what belongs to a process that has ended and was not touched for an hour, since a store may be shared by machines that do
 * not know each other's processes. What cannot be read or removed stays. A process looks through a folder once.
 */
export async function removeAbandonedParts(folder: string, olderThanMs = anHourMs): Promise<void> {
  if (lookedThrough.has(folder)) return;
  lookedThrough.add(folder);
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (partName.test(entry.name)) await removeIfAbandoned(path, olderThanMs);
    else if (entry.isDirectory()) await removeAbandonedParts(path, olderThanMs);
  }
}

/** Removes by the same rule what lies beside `path` and was to become it, or had been it before another took its place. */
export async function removeAbandonedPartsOf(path: string, olderThanMs = anHourMs): Promise<void> {
  for (const name of await readdir(dirname(path)).catch(() => []))
    if (name.startsWith(`${basename(path)}.`) && partName.test(name))
      await removeIfAbandoned(join(dirname(path), name), olderThanMs);
}

async function removeIfAbandoned(path: string, olderThanMs: number): Promise<void> {
  const owner = Number(partName.exec(path)![1]);
  if (isLiving({ ...ownIdentity(), pid: owner, began: "" })) return;
  // When it was last named or written: a second name of a recording has the recording's time of writing.
  const touchedMs = (await stat(path).catch(() => null))?.ctimeMs ?? Date.now();
  if (Date.now() - touchedMs >= olderThanMs)
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
}
