import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { LabError, messageOf } from "./errors.js";

/**
 * Writes a file so that a reader sees the old content or the whole new one, never a half: the data goes to a
 * neighbour, is flushed to the disk, and takes the name in one rename. Creates missing folders.
 * Throws LabError when the disk is full or the folder cannot be written.
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const part = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(part, "w");
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOSPC")
      throw new LabError(
        `The disk is full: ${path} was not written.`,
        "Free some space and run again; nothing was lost.",
      );
    if (code === "EACCES" || code === "EROFS") {
      throw new LabError(
        `${path} cannot be written (${code}).`,
        "Check the folder's permissions or set AFFECTLAB_HOME to another one.",
      );
    }
    throw error;
  }
}

/** Writes a value as indented JSON with a final newline, atomically. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Reads a JSON file; null when it is absent. Throws LabError naming the file when it is not JSON, or holds `null`. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFileIfThere(path);
  if (text === null) return null;
  const remedy = "Delete it or restore it from version control.";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new LabError(`${path} is not valid JSON (${messageOf(error)}).`, remedy);
  }
  if (value === null) throw new LabError(`${path} holds nothing (null).`, remedy);
  return value;
}

/** A text file's content, or null when there is no such file. */
export async function readFileIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
