import { basename, join } from "node:path";
import type { Clip } from "./clip.js";
import { type CorpusDefinition, defectOf } from "./corpus.js";
import type { ManifestEntry } from "./manifest.js";

/** A clip in a published corpus' layout by its file's name alone, whatever is known of the published file's defects. */
export function clipByName(definition: CorpusDefinition, folder: string, entry: ManifestEntry): Clip {
  const fileName = basename(entry.file);
  const facts = definition.parse(fileName);
  return {
    ...facts,
    id: `${definition.name}/${fileName}`,
    corpus: definition.name,
    path: join(folder, entry.file),
    checksum: entry.sha256,
    speaker: `${definition.name}/${facts.speaker}`,
    duration: entry.durationSeconds,
    defect: null,
  };
}

/** The clip of a published corpus' file; null where a defect excludes the file. */
export function publishedClip(
  definition: CorpusDefinition,
  folder: string,
  entry: ManifestEntry,
): Clip | null {
  const defect = defectOf(definition, basename(entry.file));
  if (defect?.treatment === "excluded") return null;
  const clip = clipByName(definition, folder, entry);
  return defect === undefined ? clip : { ...clip, defect: `corrected: ${defect.reason}` };
}

/** Clips in the order of their ids, by code unit: the same everywhere. */
export function sortById(clips: readonly Clip[]): Clip[] {
  return [...clips].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
