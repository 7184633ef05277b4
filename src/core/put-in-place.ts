import { randomBytes } from "node:crypto";
import { rename, rm } from "node:fs/promises";

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
