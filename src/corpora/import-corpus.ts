import { existsSync } from "node:fs";
import { lstat, mkdir, rm, symlink } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { readDuration } from "../audio/decode-file.js";
import { removeAbandonedParts } from "../core/abandoned-parts.js";
import { LabError, messageOf } from "../core/errors.js";
import { sha256OfFile } from "../core/hash.js";
import { trackProgress } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import { publishedChecksums } from "./checksums.js";
import type { CorpusDefinition } from "./corpus.js";
import { describeFile } from "./describe-file.js";
import { type LongWork, throwIfStopped } from "./long-work.js";
import { type ManifestEntry, readManifest, writeManifest } from "./manifest.js";
import { corpora, corpusNamed } from "./registry.js";
import { corpusFolder, linkOrCopy, walkFiles } from "./store.js";

/** What an import found. */
export interface ImportReport {
  readonly corpus: string;
  /** Files of the corpus that now lie in the store, and how many of them are the publisher's own, bit for bit. */
  readonly files: number;
  readonly original: number;
  readonly altered: number;
  /** Files whose name has the corpus' form but cannot be read, or that hold no sound. */
  readonly refused: readonly { readonly file: string; readonly reason: string }[];
  /** The publisher's file names that are not in the store, without those that may be absent. */
  readonly missing: readonly string[];
}

/**
 * Takes a published corpus (or `all`) from a folder on this machine into the store: files in any nesting, recognised by
 * their names, hard-linked where possible and else copied; the originals are never changed. Where a name occurs twice,
 * the publisher's own file is taken. An original that is already in the store is never replaced by another form of it.
 * Can be interrupted and run again. Throws LabError when the folder holds nothing of the corpus.
 */
export async function importCorpus(
  name: string,
  fromFolder: string,
  settings: Settings,
  work: LongWork = {},
): Promise<ImportReport[]> {
  const wanted = name === "all" ? corpora : [corpusNamed(name)];
  const files = await walkFiles(resolve(fromFolder));
  const reports: ImportReport[] = [];
  for (const definition of wanted) {
    if (candidatesOf(definition, files).size === 0) continue;
    reports.push(await importFrom(files, definition, settings, work));
  }
  if (reports.length === 0) {
    throw new LabError(
      `${fromFolder} holds no file of ${wanted.map((definition) => definition.name).join(", ")}.`,
      "Name the folder that holds the corpus' .wav files under their own names.",
    );
  }
  return reports;
}

/** Takes what there is of one corpus among files into the store, and tells what the store then has. */
export async function importFrom(
  files: readonly string[],
  definition: CorpusDefinition,
  settings: Settings,
  work: LongWork,
): Promise<ImportReport> {
  await removeAbandonedParts(corpusFolder(definition.name, settings));
  const report = await importFiles(definition, candidatesOf(definition, files), settings, work);
  await importTables(definition, files, corpusFolder(definition.name, settings));
  await linkIntoData(definition.name, settings);
  return report;
}

/** The files that bear each of the corpus' file names; an extension in capitals is put right. */
function candidatesOf(definition: CorpusDefinition, files: readonly string[]): Map<string, string[]> {
  const candidates = new Map<string, string[]>();
  for (const path of files) {
    const fileName = basename(path).replace(/\.wav$/i, ".wav");
    if (!definition.recognises(fileName)) continue;
    candidates.set(fileName, [...(candidates.get(fileName) ?? []), path]);
  }
  return candidates;
}

async function importFiles(
  definition: CorpusDefinition,
  candidates: ReadonlyMap<string, readonly string[]>,
  settings: Settings,
  work: LongWork,
): Promise<ImportReport> {
  const folder = corpusFolder(definition.name, settings);
  const published = publishedChecksums(definition.name);
  const entries = new Map((await readManifest(folder))?.map((entry) => [entry.file, entry]));
  const progress = trackProgress(`import ${definition.name}`, candidates.size, work.listener);
  const refused: { file: string; reason: string }[] = [];
  try {
    for (const [fileName, paths] of candidates) {
      throwIfStopped(work, "The import");
      try {
        const entry = await importFile(definition, folder, fileName, paths, entries);
        if (entry !== null) entries.set(entry.file, entry);
      } catch (error) {
        if (!(error instanceof LabError)) throw error;
        refused.push({ file: paths[0] as string, reason: messageOf(error) });
      }
      progress.advance(1, fileName);
    }
  } finally {
    await writeManifest(folder, [...entries.values()]);
  }
  const list = [...entries.values()];
  const present = new Set(list.map((entry) => basename(entry.file)));
  const original = list.filter((entry) => entry.source === "original").length;
  return {
    corpus: definition.name,
    files: list.length,
    original,
    altered: list.length - original,
    refused,
    missing: [...published.keys()].filter(
      (file) => !present.has(file) && !definition.optionalFiles.includes(file),
    ),
  };
}

/** Brings one file into the store; null when a better one is there already. */
async function importFile(
  definition: CorpusDefinition,
  folder: string,
  fileName: string,
  paths: readonly string[],
  entries: ReadonlyMap<string, ManifestEntry>,
): Promise<ManifestEntry | null> {
  definition.parse(fileName);
  const expected = publishedChecksums(definition.name).get(fileName);
  const file = definition.place(fileName);
  const { path, sha256 } = await bestCandidate(paths, expected);
  const isOriginal = sha256 === expected || definition.unlisted === true;
  const before = entries.get(file);
  const isThere = before !== undefined && existsSync(join(folder, file));
  if (isThere && before.source === "original" && !isOriginal) return null;
  const durationSeconds = await readDuration(path);
  if (!isThere || before.sha256 !== sha256) await linkOrCopy(path, join(folder, file));
  return await describeFile(folder, file, () => (isOriginal ? "original" : "altered"), {
    sha256,
    durationSeconds,
  });
}

async function bestCandidate(paths: readonly string[], expected: string | undefined) {
  let first: { path: string; sha256: string } | undefined;
  for (const path of paths) {
    const candidate = { path, sha256: await sha256OfFile(path) };
    if (candidate.sha256 === expected) return candidate;
    first ??= candidate;
  }
  return first as { path: string; sha256: string };
}

async function importTables(
  definition: CorpusDefinition,
  files: readonly string[],
  folder: string,
): Promise<void> {
  for (const table of definition.metadataFiles) {
    const path = files.find((file) => basename(file) === table);
    const target = join(folder, table);
    if (path !== undefined && path !== target) await linkOrCopy(path, target);
  }
}

/** Puts the link `data/<corpus>` to the store beside the sources; a checkout that cannot be written goes without. */
export async function linkIntoData(name: string, settings: Settings): Promise<void> {
  const path = join(settings.root, "data", name);
  try {
    await mkdir(join(settings.root, "data"), { recursive: true });
    const there = await lstat(path).catch(() => null);
    if (there !== null && !there.isSymbolicLink()) return;
    if (there !== null) await rm(path);
    await symlink(corpusFolder(name, settings), path, "dir");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!["EACCES", "EROFS", "EPERM", "EEXIST"].includes(code)) throw error;
  }
}
