import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isLiving, ownIdentity } from "./process-identity.js";

/** What a process names a file that it is writing: the number of the process, and digits of the file's own. */
const partName = /\.(\d+)(\.[0-9a-f]{8})?\.part$/;
const anHourMs = 3_600_000;

/**
 * Removes the files below `folder` that processes which were killed had half written (`….<process>.<digits>.part`): those
 * whose process has ended and that nobody has touched for an hour, since a store may be shared by machines that do not
 * know each other's processes. What cannot be read or removed stays.
 */
export async function removeAbandonedParts(folder: string, olderThanMs = anHourMs): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      await removeAbandonedParts(path, olderThanMs);
      continue;
    }
    const [, owner] = partName.exec(entry.name) ?? [];
    if (owner === undefined || isLiving({ ...ownIdentity(), pid: Number(owner), began: "" })) continue;
    // When it was last named or written: a second name of a recording has the recording's time of writing.
    const touchedMs = (await stat(path).catch(() => null))?.ctimeMs ?? Date.now();
    if (Date.now() - touchedMs >= olderThanMs) await rm(path, { force: true }).catch(() => undefined);
  }
}
