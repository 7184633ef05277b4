import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { decodeFile } from "../audio/decode-file.js";
import { LabError, messageOf } from "../core/errors.js";
import { readFileIfThere, writeFileAtomic } from "../core/files.js";
import { sha256OfFile } from "../core/hash.js";
import { trackProgress } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import { AbsentCorpusError } from "./absent-corpus-error.js";
import type { Clip } from "./clip.js";
import { describeFile } from "./describe-file.js";
import { type LongWork, throwIfStopped } from "./long-work.js";
import { type ManifestEntry, readManifest, writeManifest } from "./manifest.js";
import { type OwnLabel, parseOwnLabels, rowErrors } from "./own-labels.js";
import { corpusNames } from "./registry.js";
import { corpusFolder, isFile, linkOrCopy } from "./store.js";
import { throwIfTouched } from "./touched.js";

const recordings = "recordings";

/**
 * Adds one's own recordings as a corpus: `labelsPath` is a CSV with the columns file (relative to `fromFolder`, or else
 * to the CSV's own folder), emotion and speaker, and any further ones. The recordings, in any format that decodes, are
 * linked or copied into the store; adding a name again replaces its labels and keeps recordings that did not change.
 * Every recording is decoded once, so that no bad file is met later. Returns the clips.
 * Throws LabError naming every row that is wrong, whose file is missing, or whose recording holds no usable sound.
 */
export async function addOwnCorpus(
  name: string,
  fromFolder: string,
  labelsPath: string,
  settings: Settings,
  work: LongWork = {},
): Promise<Clip[]> {
  throwIfNameIsUnfit(name);
  const text = await readFileIfThere(labelsPath);
  if (text === null) throw new LabError(`There is no labels file ${labelsPath}.`, "Check the path.");
  const labels = parseOwnLabels(text, labelsPath);
  const checked = await checkRecordings(labels, fromFolder, labelsPath, work);

  const folder = corpusFolder(name, settings);
  const entries: ManifestEntry[] = [];
  for (const { label, path, ...known } of checked) {
    const file = `${recordings}/${label.file}`;
    if (resolve(path) !== resolve(folder, file)) await linkOrCopy(path, join(folder, file));
    entries.push(await describeFile(folder, file, () => "own", known));
  }
  const stale = ((await readManifest(folder)) ?? []).filter(
    (before) => !entries.some((entry) => entry.file === before.file),
  );
  await writeFileAtomic(join(folder, "labels.csv"), text);
  await writeManifest(folder, entries);
  for (const entry of stale) await rm(join(folder, entry.file), { force: true });
  return await loadOwnCorpus(name, folder);
}

/** Decodes every recording of the labels. Throws one LabError for all rows whose recording is missing or unusable. */
async function checkRecordings(
  labels: readonly OwnLabel[],
  fromFolder: string,
  labelsPath: string,
  work: LongWork,
) {
  const progress = trackProgress("check recordings", labels.length, work.listener);
  const errors: string[] = [];
  const checked: { label: OwnLabel; path: string; sha256: string; durationSeconds: number }[] = [];
  for (const label of labels) {
    throwIfStopped(work, "Adding recordings");
    const path = await firstFile([fromFolder, dirname(labelsPath)].map((base) => join(base, label.file)));
    if (path === undefined) {
      errors.push(`row ${label.row}: there is no file ${join(fromFolder, label.file)}`);
    } else {
      try {
        const { samples, sampleRate } = await decodeFile(path);
        const sha256 = await sha256OfFile(path);
        checked.push({ label, path, sha256, durationSeconds: samples.length / sampleRate });
      } catch (error) {
        errors.push(`row ${label.row}: ${messageOf(error)}`);
      }
    }
    progress.advance(1, label.file);
  }
  if (errors.length > 0) throw rowErrors(labelsPath, errors);
  return checked;
}

async function firstFile(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await isFile(path)) return path;
  return undefined;
}

/**
 * The clips of one's own recordings in the store. Throws AbsentCorpusError when there is no such corpus, LabError when a
 * file changed.
 */
export async function loadOwnCorpus(name: string, folder: string): Promise<Clip[]> {
  const labelsPath = join(folder, "labels.csv");
  const entries = await readManifest(folder);
  if (entries === null || !existsSync(labelsPath)) {
    throw new AbsentCorpusError(
      `There is no corpus "${name}" in the store (${folder}).`,
      `Published corpora are ${corpusNames.join(", ")}; add your own recordings with ` +
        `"affectlab corpora add ${name} --from DIR --labels labels.csv".`,
    );
  }
  await throwIfTouched(entries, folder);
  const labels = new Map(
    parseOwnLabels(await readFile(labelsPath, "utf8"), labelsPath).map((label) => [label.file, label]),
  );
  return entries.map((entry) => {
    const file = entry.file.slice(recordings.length + 1);
    const label = labels.get(file);
    if (label === undefined) {
      throw new LabError(`${labelsPath} has no row for ${file}.`, "Add the corpus again.");
    }
    const { row: _row, file: _file, ...facts } = label;
    return {
      ...facts,
      id: `${name}/${file}`,
      corpus: name,
      path: join(folder, entry.file),
      checksum: entry.sha256,
      speaker: `${name}/${label.speaker}`,
      duration: entry.durationSeconds,
      defect: null,
    };
  });
}

function throwIfNameIsUnfit(name: string): void {
  if (corpusNames.includes(name) || name === "sample") {
    throw new LabError(`"${name}" is the name of a corpus that affectlab knows.`, "Choose another name.");
  }
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) {
    throw new LabError(
      `"${name}" cannot name a corpus.`,
      "Use lower-case letters, digits and hyphens, at most 40, such as my-recordings.",
    );
  }
}
