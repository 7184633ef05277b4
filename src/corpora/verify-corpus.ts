import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { LabError } from "../core/errors.js";
import { sha256OfFile } from "../core/hash.js";
import { trackProgress } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import { hasPublisher, publishedChecksums } from "./checksums.js";
import { type LongWork, throwIfStopped } from "./long-work.js";
import { readManifest } from "./manifest.js";
import { findCorpus } from "./registry.js";
import { corpusFolder } from "./store.js";

/** What reading every file of a corpus again has shown. */
export interface VerifyReport {
  readonly corpus: string;
  readonly files: number;
  /** Files that are the publisher's own, bit for bit; for one's own recordings those that did not change. */
  readonly original: number;
  /** Files that are as they were imported, but another form of the publisher's (a copy through Opus, say). */
  readonly altered: readonly string[];
  /** Files whose content is no longer what was imported. */
  readonly changed: readonly string[];
  /** Files that were imported and are gone. */
  readonly gone: readonly string[];
  /** The publisher's files that were never imported, without those that may be absent. */
  readonly missing: readonly string[];
  /** Nothing changed, gone or missing. Altered files are no fault, but nothing published may be learnt from them. */
  readonly isSound: boolean;
}

/**
 * Reads every file of a corpus in the store and compares its SHA-256 with the manifest and with the publisher's list.
 * Throws LabError when the corpus is not in the store.
 */
export async function verifyCorpus(
  name: string,
  settings: Settings,
  work: LongWork = {},
): Promise<VerifyReport> {
  const folder = corpusFolder(name, settings);
  const entries = await readManifest(folder);
  if (entries === null) {
    throw new LabError(`The corpus ${name} is not in the store (${folder}).`, "Import or download it first.");
  }
  const definition = findCorpus(name);
  const published = hasPublisher(name) ? publishedChecksums(name) : null;
  const progress = trackProgress(`verify ${name}`, entries.length, work.listener);
  const found = { altered: [] as string[], changed: [] as string[], gone: [] as string[] };
  for (const entry of entries) {
    throwIfStopped(work, "The verification");
    const path = join(folder, entry.file);
    if (!existsSync(path)) found.gone.push(entry.file);
    else {
      const sha256 = await sha256OfFile(path);
      if (sha256 !== entry.sha256) found.changed.push(entry.file);
      else if (published !== null && published.get(basename(entry.file)) !== sha256)
        found.altered.push(entry.file);
    }
    progress.advance(1, entry.file);
  }
  const imported = new Set(entries.map((entry) => basename(entry.file)));
  const missing = [...(published?.keys() ?? [])].filter(
    (file) => !imported.has(file) && definition?.optionalFiles.includes(file) !== true,
  );
  const { altered, changed, gone } = found;
  return {
    corpus: name,
    files: entries.length,
    original: entries.length - altered.length - changed.length - gone.length,
    ...found,
    missing,
    isSound: changed.length + gone.length + missing.length === 0,
  };
}
