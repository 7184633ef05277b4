import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { readFileIfThere, writeFileAtomic } from "../core/files.js";
import { parseTable } from "../core/parse-table.js";

/** What is known of one file in the store: a row of manifest.csv. */
export interface ManifestEntry {
  /** Relative to the corpus' folder, with `/` as separator. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Milliseconds since 1970, as the file system has it: with `bytes` it tells whether the file was touched since. */
  readonly modifiedMs: number;
  readonly durationSeconds: number;
  /** Whether the file is the publisher's own bit for bit, another form of it, or one's own recording. */
  readonly source: "original" | "altered" | "own";
}

const columns = ["file", "sha256", "bytes", "modified_ms", "duration_seconds", "source"];

/** The path of the manifest in a corpus' folder. */
export function manifestPath(folder: string): string {
  return join(folder, "manifest.csv");
}

/** Writes `<folder>/manifest.csv`, sorted by file, atomically. */
export async function writeManifest(folder: string, entries: readonly ManifestEntry[]): Promise<void> {
  const rows = [...entries]
    .sort((a, b) => (a.file < b.file ? -1 : 1))
    .map((e) => [e.file, e.sha256, e.bytes, e.modifiedMs, e.durationSeconds, e.source]);
  await writeFileAtomic(manifestPath(folder), stringify([columns, ...rows]));
}

/** Reads `<folder>/manifest.csv`; null when there is none. Throws LabError when it is damaged. */
export async function readManifest(folder: string): Promise<ManifestEntry[] | null> {
  const path = manifestPath(folder);
  const text = await readFileIfThere(path);
  if (text === null) return null;
  const remedy = "Delete it and import the corpus again; the recordings stay.";
  const { rows, damaged } = parseTable(text, path, columns, remedy);
  return rows.map(({ fields, line }) => {
    const [file, sha256, bytes, modifiedMs, duration, source] = fields as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const entry = { file, sha256, bytes: Number(bytes), modifiedMs: Number(modifiedMs) };
    const durationSeconds = Number(duration);
    if (source !== "original" && source !== "altered" && source !== "own")
      throw damaged(`line ${line}: source "${source}"`);
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw damaged(`line ${line}: no checksum`);
    if (![entry.bytes, entry.modifiedMs, durationSeconds].every(Number.isFinite))
      throw damaged(`line ${line}: a number is missing`);
    return { ...entry, durationSeconds, source };
  });
}
