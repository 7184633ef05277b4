import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../core/errors.js";
import { packageRoot } from "../core/settings.js";
import type { Clip } from "./clip.js";
import { findCorpus } from "./registry.js";

const lists = new Map<string, ReadonlyMap<string, string>>();

/** Where the list of a corpus' checksums lies: `data/checksums/<corpus>.sha256`, as sha256sum writes it. */
export function checksumList(corpus: string): string {
  return join(packageRoot, "data", "checksums", `${corpus}.sha256`);
}

/** Whether a corpus' files can be compared with a publisher's list; one's own and `unlisted` corpora have none. */
export function hasPublisher(corpus: string): boolean {
  const definition = findCorpus(corpus);
  return definition !== undefined && definition.unlisted !== true;
}

/**
 * SHA-256 of every file that the corpus' publisher has, by file name. The lists are the publisher's own for CREMA-D (its
 * Git LFS pointers), and those of independent public copies that agree with each other for RAVDESS and TESS.
 * Empty for a
 * corpus without a list. Throws LabError when a list is missing or a line of it cannot be read.
 */
export function publishedChecksums(corpus: string): ReadonlyMap<string, string> {
  const known = lists.get(corpus);
  if (known !== undefined) return known;
  if (!hasPublisher(corpus)) return new Map();
  const path = checksumList(corpus);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new LabError(`The list of checksums ${path} is missing.`, "Restore it from version control.");
  }
  const list = new Map<string, string>();
  text.split("\n").forEach((line, index) => {
    if (line === "") return;
    const match = /^([0-9a-f]{64}) [ *](.+)$/.exec(line);
    if (match === null) {
      throw new LabError(
        `${path}, line ${index + 1} is not a checksum and a file name.`,
        "Restore the list from version control.",
      );
    }
    list.set(match[2] as string, match[1] as string);
  });
  lists.set(corpus, list);
  return list;
}

/** The clip's own file name: what follows the corpus in its id. */
export function fileNameOf(clip: Clip): string {
  return clip.id.slice(clip.corpus.length + 1);
}

/**
 * The clips of published corpora whose files are not the publishers' own, bit for bit (copies that went through Opus or
 * another codec, synthetic speech). One's own recordings are their own originals and never among them.
 */
export function alteredClips(clips: readonly Clip[]): Clip[] {
  return clips.filter(
    (clip) =>
      hasPublisher(clip.corpus) && publishedChecksums(clip.corpus).get(fileNameOf(clip)) !== clip.checksum,
  );
}

/** Whether every clip of a published corpus is the publisher's own file, bit for bit. */
export function areOriginal(clips: readonly Clip[]): boolean {
  return alteredClips(clips).length === 0;
}

/** SHA-256 over the lines `id checksum`, sorted by id: equal exactly when the same clips hold the same bytes. */
export function dataChecksum(clips: readonly Clip[]): string {
  const lines = clips.map((clip) => `${clip.id} ${clip.checksum}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}

/** `dataChecksum` of each corpus' clips, by corpus, as a RunSpec records it. */
export function dataChecksums(clips: readonly Clip[]): Record<string, string> {
  const names = [...new Set(clips.map((clip) => clip.corpus))].sort();
  return Object.fromEntries(
    names.map((name) => [name, dataChecksum(clips.filter((clip) => clip.corpus === name))]),
  );
}
