import type { Settings } from "../core/settings.js";
import { AbsentCorpusError } from "./absent-corpus-error.js";
import type { Clip } from "./clip.js";
import type { CorpusDefinition } from "./corpus.js";
import { readManifest } from "./manifest.js";
import { loadOwnCorpus } from "./own-corpus.js";
import { publishedClip, sortById } from "./published-clip.js";
import { corpusNames, findCorpus } from "./registry.js";
import { loadSample, sampleCorpora } from "./sample-catalogue.js";
import { corpusFolder } from "./store.js";
import { throwIfTouched } from "./touched.js";

/**
 * The clips of the named corpora in the store, sorted by id: published ones by their own file names, any other name by
 * the labels.csv that one's own recordings were added with. Excluded files are left out; corrected ones carry `defect`.
 * Throws AbsentCorpusError when a corpus is absent, LabError when a file was deleted or changed since it was imported.
 */
export async function loadCatalogue(names: readonly string[], settings: Settings): Promise<Clip[]> {
  const clips: Clip[] = [];
  for (const name of new Set(names)) {
    const definition = findCorpus(name);
    const folder = corpusFolder(name, settings);
    const loaded =
      definition === undefined ? await loadOwnCorpus(name, folder) : await loadPublished(definition, folder);
    clips.push(...loaded);
  }
  return sortById(clips);
}

/**
 * The clips that a profile works on: for `sample` the synthetic speech in the published corpora's layouts (same ids,
 * other checksums), else the recordings. All other corpora are the same in every profile. Throws as loadCatalogue does.
 */
export async function loadCatalogueFor(
  settings: Settings,
  names: readonly string[] = settings.profile === "sample" ? sampleCorpora : corpusNames,
): Promise<Clip[]> {
  if (settings.profile !== "sample") return await loadCatalogue(names, settings);
  const sampled = [...new Set(names)].filter((name) => sampleCorpora.includes(name));
  const others = names.filter((name) => !sampleCorpora.includes(name));
  return sortById([...(await loadSample(sampled, settings)), ...(await loadCatalogue(others, settings))]);
}

async function loadPublished(definition: CorpusDefinition, folder: string): Promise<Clip[]> {
  const entries = await readManifest(folder);
  if (entries === null || entries.length === 0) {
    throw new AbsentCorpusError(
      `The corpus ${definition.name} is not in the store (${folder}).`,
      `Import it with "affectlab corpora import ${definition.name} --from DIR" or download it with ` +
        `"affectlab corpora download ${definition.name}".`,
    );
  }
  await throwIfTouched(entries, folder);
  return entries.flatMap((entry) => publishedClip(definition, folder, entry) ?? []);
}
