import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Settings } from "../core/settings.js";
import { defectOf } from "./corpus.js";
import { readManifest } from "./manifest.js";
import { corpora, findCorpus } from "./registry.js";
import { corpusFolder, sampleFolder } from "./store.js";

/** What is known of a corpus on this machine. */
export interface CorpusState {
  readonly name: string;
  readonly title: string;
  /** `complete` counts every file that may not be absent; one's own recordings are always complete. */
  readonly state: "complete" | "partial" | "absent";
  readonly isOwn: boolean;
  readonly files: number;
  /** How many files the publisher lists. */
  readonly expected: number;
  /** How many files are the publisher's own, bit for bit, and how many another form of them. */
  readonly original: number;
  readonly altered: number;
  /** Files in the store that a defect excludes: the catalogue has `files - excluded` clips. */
  readonly excluded: number;
  readonly durationSeconds: number;
  readonly folder: string;
  readonly licence: string;
  readonly url: string;
}

/** The published corpora, at hand or not, then one's own recordings, by name. Reads manifests only. */
export async function listCorpora(settings: Settings): Promise<CorpusState[]> {
  const own = ownCorpusNames(settings);
  const names = [...corpora.map((corpus) => corpus.name), ...own];
  return await Promise.all(names.map((name) => stateOf(name, settings)));
}

/** The names of one's own corpora in the store, sorted. */
export function ownCorpusNames(settings: Settings): string[] {
  const root = corpusFolder("", settings);
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => findCorpus(name) === undefined && existsSync(join(root, name, "labels.csv")))
    .filter((name) => join(root, name) !== join(sampleFolder(settings)))
    .sort();
}

async function stateOf(name: string, settings: Settings): Promise<CorpusState> {
  const definition = findCorpus(name);
  const folder = corpusFolder(name, settings);
  const entries = (await readManifest(folder)) ?? [];
  const count = (source: string): number => entries.filter((entry) => entry.source === source).length;
  const shared = {
    name,
    folder,
    files: entries.length,
    original: count("original"),
    altered: count("altered"),
    durationSeconds: entries.reduce((sum, entry) => sum + entry.durationSeconds, 0),
  };
  if (definition === undefined) {
    const expected = entries.length;
    return {
      ...shared,
      title: name,
      state: "complete",
      isOwn: true,
      expected,
      excluded: 0,
      licence: "",
      url: "",
    };
  }
  const files = entries.map((entry) => basename(entry.file));
  const needed = definition.fileCount - definition.optionalFiles.length;
  const present = files.filter((file) => !definition.optionalFiles.includes(file)).length;
  return {
    ...shared,
    title: definition.title,
    state: present === 0 ? "absent" : present < needed ? "partial" : "complete",
    isOwn: false,
    expected: definition.fileCount,
    excluded: files.filter((file) => defectOf(definition, file)?.treatment === "excluded").length,
    licence: definition.licence,
    url: definition.url,
  };
}
