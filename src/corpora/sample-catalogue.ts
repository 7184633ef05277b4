import { existsSync } from "node:fs";
import { basename, relative, sep } from "node:path";
import { LabError } from "../core/errors.js";
import type { Settings } from "../core/settings.js";
import type { Clip } from "./clip.js";
import type { CorpusDefinition } from "./corpus.js";
import { describeFile, fileState } from "./describe-file.js";
import { type ManifestEntry, readManifest, writeManifest } from "./manifest.js";
import { clipByName } from "./published-clip.js";
import { corpusNamed } from "./registry.js";
import { sampleFolder, walkFiles } from "./store.js";

/** The corpora that the sample speech stands in for. */
export const sampleCorpora: readonly string[] = ["ravdess", "crema-d", "tess"];

/**
 * The clips of the synthetic sample speech in the layouts of the named corpora. The published files' defects are not
 * theirs. The manifest is made on first use and follows changes, because the sample is made anew by any later version.
 * Throws LabError when the sample has not been made.
 */
export async function loadSample(names: readonly string[], settings: Settings): Promise<Clip[]> {
  const clips: Clip[] = [];
  for (const name of names) {
    const definition = corpusNamed(name);
    const folder = sampleFolder(settings, name);
    if (!existsSync(folder)) {
      throw new LabError(
        `The sample speech of ${name} is not there (${folder}).`,
        'Make it with "npm start" or "affectlab corpora make sample".',
      );
    }
    const entries = await refreshManifest(definition, folder);
    clips.push(...entries.map((entry) => clipByName(definition, folder, entry)));
  }
  return clips;
}

/** Brings a sample folder's manifest up to date; files that were not touched are not read again. */
async function refreshManifest(definition: CorpusDefinition, folder: string): Promise<ManifestEntry[]> {
  const earlier = await readManifest(folder);
  const known = new Map(earlier?.map((entry) => [entry.file, entry]));
  const files = (await walkFiles(folder))
    .filter((path) => definition.recognises(basename(path)))
    .map((path) => relative(folder, path).split(sep).join("/"));
  let isChanged = files.length !== known.size;
  const entries: ManifestEntry[] = [];
  for (const file of files) {
    const before = known.get(file);
    const state = await fileState(folder, file);
    if (before?.bytes === state.bytes && before.modifiedMs === state.modifiedMs) {
      entries.push(before);
    } else {
      isChanged = true;
      entries.push(await describeFile(folder, file, () => "altered"));
    }
  }
  if (isChanged) await writeManifest(folder, entries);
  return entries;
}
