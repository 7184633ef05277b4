import { copyFile, link, lstat, mkdir, opendir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { LabError } from "../core/errors.js";
import type { Settings } from "../core/settings.js";

/** Where a corpus lies in the store: `<home>/corpora/<name>`. */
export function corpusFolder(name: string, settings: Settings): string {
  return join(settings.home, "corpora", name);
}

/** Where the synthetic speech in a corpus' layout lies: `<home>/corpora/sample/<name>`. */
export function sampleFolder(settings: Settings, name = ""): string {
  return join(settings.home, "corpora", "sample", name);
}

/**
 * Every file below a folder, absolute, sorted; links to files count, links to folders are not followed. What is no file
 * (a pipe, a device, a link to one) is left out: reading it might never end.
 */
export async function walkFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  const pending = [folder];
  while (pending.length > 0) {
    const current = pending.pop() as string;
    for await (const entry of await openFolder(current)) {
      const path = join(current, entry.name);
      if (entry.isDirectory()) pending.push(path);
      else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path)))) found.push(path);
    }
  }
  return found.sort();
}

/** Whether a path leads to a file, and not to a folder, a pipe, a device or nowhere. */
export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

async function openFolder(folder: string) {
  try {
    return await opendir(folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === "ENOENT" ? "does not exist" : code === "ENOTDIR" ? "is a file" : `is unreadable (${code})`;
    throw new LabError(`The folder ${folder} ${reason}.`, "Name a folder that holds recordings.");
  }
}

/**
 * Gives a file a second name in the store: a hard link where both lie on one file system, else a copy. The original is
 * never changed, and what stood under the new name before is replaced in one step.
 */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const part = `${to}.${process.pid}.part`;
  await rm(part, { force: true });
  try {
    // A symbolic link is copied through: a hard link to it would follow wherever it leads later.
    if ((await lstat(from)).isSymbolicLink()) await copyFile(from, part);
    else await link(from, part);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "EXDEV" && code !== "EPERM" && code !== "EMLINK" && code !== "ENOTSUP") throw error;
    await copyFile(from, part);
  }
  await rename(part, to);
  // rename() of two names of one file does nothing and leaves the first name behind.
  await rm(part, { force: true });
}
