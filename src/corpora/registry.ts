import { LabError } from "../core/errors.js";
import type { CorpusDefinition } from "./corpus.js";
import { cremaD } from "./crema-d.js";
import { ravdess } from "./ravdess.js";
import { tess } from "./tess.js";

/** The published corpora, in the order of every table. A new one is a file beside this one and a line here. */
export const corpora: readonly CorpusDefinition[] = [ravdess, cremaD, tess];

/** The published corpora's names: `ravdess`, `crema-d`, `tess`. */
export const corpusNames: readonly string[] = corpora.map((corpus) => corpus.name);

/** The published corpus of that name; undefined when there is none (one's own recordings are not registered). */
export function findCorpus(name: string): CorpusDefinition | undefined {
  return corpora.find((corpus) => corpus.name === name);
}

/** The published corpus of that name. Throws LabError when there is none. */
export function corpusNamed(name: string): CorpusDefinition {
  const corpus = findCorpus(name);
  if (corpus === undefined) {
    throw new LabError(`There is no corpus "${name}".`, `Published corpora are ${corpusNames.join(", ")}.`);
  }
  return corpus;
}
