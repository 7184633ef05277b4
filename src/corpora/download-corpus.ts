import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { LabError, messageOf } from "../core/errors.js";
import { sha256OfFile } from "../core/hash.js";
import { trackProgress } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import { publishedChecksums } from "./checksums.js";
import type { CorpusDefinition } from "./corpus.js";
import { listDataverseFiles } from "./dataverse.js";
import { bytesListener, type FetchOptions, fetchFile } from "./fetch-file.js";
import { type ImportReport, importCorpus, importFrom } from "./import-corpus.js";
import { readManifest } from "./manifest.js";
import { corpusNamed } from "./registry.js";
import { type CorpusSource, readSources } from "./sources.js";
import { corpusFolder, walkFiles } from "./store.js";
import { extractZip } from "./unzip.js";

/** How a download behaves; the defaults suit the publishers' servers. */
export interface DownloadOptions extends FetchOptions {
  /** Where the corpus comes from instead of data/sources.json: a mirror. */
  readonly source?: CorpusSource;
  /** How many files are fetched at a time, where the publisher has them singly. */
  readonly connections?: number;
}

interface RemoteFile {
  readonly url: string;
  readonly fileName: string;
}

/**
 * Downloads a published corpus from its publisher into the store. Files that the store has already are not fetched, a
 * download that was cut off goes on where it was, every recording is checked against the publisher's SHA-256, and
 * archive entries that would leave the folder are refused. Returns what is then in the store.
 * Throws LabError when something could not be fetched; what has arrived stays in `<home>/downloads/<corpus>`.
 */
export async function downloadCorpus(
  name: string,
  settings: Settings,
  options: DownloadOptions = {},
): Promise<ImportReport> {
  const definition = corpusNamed(name);
  const source = options.source ?? (await readSources())[name];
  if (source === undefined) {
    throw new LabError(
      `data/sources.json does not tell where ${name} comes from.`,
      "Import it from a folder.",
    );
  }
  const folder = join(settings.home, "downloads", name);
  await mkdir(folder, { recursive: true });
  const { download } = source;
  if (download.kind === "zip") await fetchArchive(definition, download.url, folder, options);
  else {
    const files =
      download.kind === "files"
        ? [...publishedChecksums(name).keys()].map((file) => ({ fileName: file, url: download.url + file }))
        : await listDataverseFiles(download.url, download.dataset);
    const stored = await storedOriginals(definition, settings);
    const wanted = files.filter((file) => definition.recognises(file.fileName) && !stored.has(file.fileName));
    await fetchFiles(definition, wanted, folder, options);
    for (const archive of files.filter((file) => file.fileName.endsWith(".zip"))) {
      await fetchArchive(definition, archive.url, folder, options);
    }
  }
  for (const url of source.tables) await fetchFile(url, join(folder, basename(url)), options);
  const stored = await storedOriginals(definition, settings);
  const [report] =
    stored.size > 0
      ? [await importFrom(await walkFiles(folder), definition, settings, options)] // perhaps nothing was missing
      : await importCorpus(name, folder, settings, options);
  await rm(folder, { recursive: true, force: true });
  return report as ImportReport;
}

async function storedOriginals(definition: CorpusDefinition, settings: Settings): Promise<Set<string>> {
  const entries = (await readManifest(corpusFolder(definition.name, settings))) ?? [];
  const originals = entries.filter((entry) => entry.source === "original");
  return new Set(originals.map((entry) => basename(entry.file)));
}

async function fetchArchive(
  definition: CorpusDefinition,
  url: string,
  folder: string,
  options: DownloadOptions,
): Promise<void> {
  const archive = join(folder, basename(new URL(url).pathname));
  if (!existsSync(archive)) {
    await fetchFile(url, archive, {
      ...options,
      onBytes: bytesListener(basename(archive), options.listener),
    });
  }
  try {
    await extractZip(archive, folder, (entry) => definition.recognises(basename(entry)), options);
  } catch (error) {
    // A damaged archive would fail for ever; an interruption leaves it for the next try.
    if (options.stop?.requested !== true) await rm(archive, { force: true });
    throw error;
  }
}

/** Fetches single files, several at a time; goes on after a failure and tells of all of them at the end. */
async function fetchFiles(
  definition: CorpusDefinition,
  files: readonly RemoteFile[],
  folder: string,
  options: DownloadOptions,
): Promise<void> {
  const checksums = publishedChecksums(definition.name);
  const progress = trackProgress(`download ${definition.name}`, files.length, options.listener);
  const queue = [...files];
  const failures: string[] = [];
  const work = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const path = join(folder, file.fileName);
      const sha256 = checksums.get(file.fileName);
      try {
        const isThere = existsSync(path) && (await sha256OfFile(path)) === sha256;
        if (!isThere) await fetchFile(file.url, path, { ...options, sha256 });
      } catch (error) {
        if (options.stop?.requested === true) throw error;
        failures.push(messageOf(error));
      }
      progress.advance(1, file.fileName);
    }
  };
  await Promise.all(Array.from({ length: options.connections ?? 4 }, work));
  if (failures.length > 0) {
    throw new LabError(
      `${failures.length} of ${files.length} files of ${definition.name} did not arrive. The first: ${failures[0]}`,
      "Run it again: only these are fetched.",
    );
  }
}
