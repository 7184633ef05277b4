import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readDuration } from "../audio/decode-file.js";
import { sha256OfFile } from "../core/hash.js";
import type { ManifestEntry } from "./manifest.js";

/** Size and time of a file below a corpus' folder, as the manifest keeps them. */
export async function fileState(folder: string, file: string) {
  const { size, mtimeMs } = await stat(join(folder, file));
  return { bytes: size, modifiedMs: Math.round(mtimeMs) };
}

/**
 * The manifest's entry of a file below a corpus' folder. `sha256` and `durationSeconds` spare reading what is known.
 * Throws LabError naming the file when it holds no sound.
 */
export async function describeFile(
  folder: string,
  file: string,
  sourceOf: (sha256: string) => ManifestEntry["source"],
  known: { readonly sha256?: string; readonly durationSeconds?: number } = {},
): Promise<ManifestEntry> {
  const path = join(folder, file);
  const sha256 = known.sha256 ?? (await sha256OfFile(path));
  const seconds = known.durationSeconds ?? (await readDuration(path));
  return {
    file,
    sha256,
    ...(await fileState(folder, file)),
    durationSeconds: Number(seconds.toFixed(6)),
    source: sourceOf(sha256),
  };
}
