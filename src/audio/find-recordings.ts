import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { LabError } from "../core/errors.js";

/** The endings by which a recording is recognised in a folder. */
export const recordingEndings: readonly string[] = [
  ...[".wav", ".aif", ".aiff", ".aifc", ".flac"],
  ...[".mp3", ".ogg", ".oga", ".opus", ".m4a", ".mp4", ".aac", ".webm"],
];

/**
 * The recordings that paths stand for: a file for itself, whatever its ending; a folder for every recording in it and in
 * the folders below, in the order of their names, without hidden ones and what is no file (a pipe, a device). A path
 * that is not there stands for itself too, so that whoever reads it can say so. Throws LabError for a folder that holds
 * no recording.
 */
export async function findRecordings(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const isFolder = (await stat(path).catch(() => null))?.isDirectory() ?? false;
    if (!isFolder) {
      found.push(path);
      continue;
    }
    const inside = await recordingsIn(path);
    if (inside.length === 0) {
      throw new LabError(
        `There is no recording in ${path}.`,
        `Recordings end in ${recordingEndings.join(", ")}.`,
      );
    }
    found.push(...inside);
  }
  return found;
}

async function recordingsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const visible = entries.filter(({ name }) => !name.startsWith("."));
  const found: string[] = [];
  for (const entry of visible.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await recordingsIn(path)));
    else if (recordingEndings.includes(extname(entry.name).toLowerCase()) && (await mayBeRead(entry, path)))
      found.push(path);
  }
  return found;
}

/** A link that leads nowhere may: whoever reads it says so. */
async function mayBeRead(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return (await stat(path).catch(() => null))?.isFile() ?? true;
}
