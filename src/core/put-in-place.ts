import { randomBytes } from "node:crypto";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
/** What rename says when something stands where the folder shall go. */
const isTaken = (error: unknown): boolean => /^(ENOTEMPTY|EEXIST|ENOTDIR|EPERM)$/.test(codeOf(error) ?? "");

/**
 * Gives the finished folder `part` the name `folder`. What stands there already goes, unless `isGood` says in the
 * meantime another process has put its own there: then that one stays and `part` is left to the caller.
 */
export async function putInPlace(
  part: string,
  folder: string,
  isGood: () => Promise<boolean>,
): Promise<void> {
  for (;;) {
    try {
      await rename(part, folder);
      return;
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
    if (await isGood()) return;
    const old = `${folder}.${process.pid}.${randomBytes(4).toString("hex")}.part`;
    await rename(folder, old).catch((error: unknown) => {
      if (codeOf(error) !== "ENOENT") throw error;
    });
    await rm(old, { recursive: true, force: true });
  }
}

/** Removes what processes that were killed left beside `folder`: parts that nobody has touched for an hour. */
export async function removeLeftOvers(folder: string): Promise<void> {
  const parent = dirname(folder);
  const names = await readdir(parent).catch(() => [] as string[]);
  for (const name of names) {
    if (!name.startsWith(`${basename(folder)}.`) || !name.endsWith(".part")) continue;
    const path = join(parent, name);
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > 3_600_000) await rm(path, { recursive: true, force: true });
  }
}
