import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { LabError, messageOf } from "../core/errors.js";

/** The endings by which a recording is recognised in a folder. */
export const recordingEndings: readonly string[] = [
  ...[".wav", ".aif", ".aiff", ".aifc", ".flac"],
  ...[".mp3", ".ogg", ".oga", ".opus", ".m4a", ".mp4", ".aac", ".webm"],
];

/** What paths stand for. */
export interface FoundRecordings {
  readonly paths: readonly string[];
  /** What is wrong with folders: one that holds no recording, one that cannot be read. */
  readonly problems: readonly LabError[];
}

/**
 * The recordings that paths stand for: a file for itself, whatever its ending; a folder for every recording in it and in
 * the folders below, linked ones too, in the order of their names, without hidden ones and what is no file (a pipe, a
 * device). A path that is not there stands for itself too, so that whoever reads it can say so, and so does `-`, standard
 * input. What is named twice is there once, as it was named first; a link to a file is a file of its own name.
 */
export async function findRecordings(paths: readonly string[]): Promise<FoundRecordings> {
  const byPlace = new Map<string, string>();
  const problems: LabError[] = [];
  for (const path of paths) {
    for (const found of await recordingsOf(path, problems)) {
      const place = found === "-" ? found : resolve(found);
      if (!byPlace.has(place)) byPlace.set(place, found);
    }
  }
  return { paths: [...byPlace.values()], problems };
}

async function recordingsOf(path: string, problems: LabError[]): Promise<string[]> {
  const isFolder = path !== "-" && ((await stat(path).catch(() => null))?.isDirectory() ?? false);
  if (!isFolder) return [path];
  const before = problems.length;
  const inside = await recordingsIn(path, new Set(), problems);
  if (inside.length === 0 && problems.length === before) {
    const endings = recordingEndings.join(", ");
    problems.push(new LabError(`There is no recording in ${path}.`, `Recordings end in ${endings}.`));
  }
  return inside;
}

/** `visited` are the folders' real paths: a link may lead back to a folder that it lies in. */
async function recordingsIn(folder: string, visited: Set<string>, problems: LabError[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await entriesOf(folder, visited, problems)) {
    const path = join(folder, entry.name);
    const target = entry.isSymbolicLink() ? await stat(path).catch(() => null) : entry;
    if (target?.isDirectory()) found.push(...(await recordingsIn(path, visited, problems)));
    // A link that leads nowhere is there too: whoever reads it says so.
    else if (recordingEndings.includes(extname(entry.name).toLowerCase()) && (target?.isFile() ?? true))
      found.push(path);
  }
  return found;
}

/** What is to be seen in a folder, by name; nothing where it was looked into before. */
async function entriesOf(folder: string, visited: Set<string>, problems: LabError[]) {
  try {
    const real = await realpath(folder);
    if (visited.has(real)) return [];
    visited.add(real);
    const entries = await readdir(folder, { withFileTypes: true });
    const visible = entries.filter(({ name }) => !name.startsWith("."));
    return visible.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? messageOf(error);
    problems.push(
      new LabError(
        `The folder ${folder} cannot be read (${reason}).`,
        "Check the folder and its permissions.",
      ),
    );
    return [];
  }
}
