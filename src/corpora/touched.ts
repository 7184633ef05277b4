import { type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../core/errors.js";
import { sha256OfFile } from "../core/hash.js";
import type { ManifestEntry } from "./manifest.js";

/**
 * Makes sure that a corpus' files are those which its manifest describes: size and time are compared, and where they
 * differ the content. Throws LabError naming the first file that is gone or holds something else.
 */
export async function throwIfTouched(entries: readonly ManifestEntry[], folder: string): Promise<void> {
  for (const entry of entries) {
    const path = join(folder, entry.file);
    const state = stateOf(path);
    const isSame = state.size === entry.bytes && Math.round(state.mtimeMs) === entry.modifiedMs;
    if (!isSame && (await sha256OfFile(path)) !== entry.sha256) {
      throw new LabError(`${path} has changed since it was imported.`, remedy);
    }
  }
}

const remedy = 'Import the corpus again; "affectlab corpora verify" lists every such file.';

function stateOf(path: string): Stats {
  const state = statSync(path, { throwIfNoEntry: false });
  if (state === undefined) {
    throw new LabError(`${path} is gone, though the manifest beside it lists it.`, remedy);
  }
  return state;
}
