import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/**
 * The hash of a list of texts, 16 hexadecimal digits.
 * @param {readonly string[]} texts
 */
export function hashTexts(texts) {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text.length}:${text};`);
  return hash.digest("hex").slice(0, 16);
}

/**
 * The hash of files and whole folders: names and contents. What is absent counts as absent.
 * @param {readonly string[]} paths
 * @param {(path: string) => boolean} [keep] which files of a folder count
 */
export function hashFiles(paths, keep = () => true) {
  const texts = paths.flatMap((path) =>
    listFiles(path)
      .filter(keep)
      .flatMap((file) => [relative(path, file), readFileSync(file, "latin1")]),
  );
  return hashTexts([String(paths.length), ...texts]);
}

/**
 * Every file below a path in a fixed order; the path itself when it is a file.
 * @param {string} path
 * @returns {string[]}
 */
function listFiles(path) {
  if (!existsSync(path)) return [];
  try {
    const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    return entries.flatMap((entry) => {
      const below = join(path, entry.name);
      if (entry.isDirectory()) return listFiles(below);
      return entry.isFile() ? [below] : [];
    });
  } catch {
    return [path];
  }
}

/**
 * What a finished step noted: the key it was done for, or null.
 * @param {string} path
 * @returns {string | null}
 */
export function readStamp(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).key;
  } catch {
    return null;
  }
}

/**
 * Notes that a step is done for a key, atomically.
 * @param {string} path
 * @param {string} key
 * @param {Record<string, unknown>} [details] for the reader
 */
export function writeStamp(path, key, details = {}) {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, `${JSON.stringify({ key, ...details, at: new Date().toISOString() }, null, 2)}\n`);
  renameSync(part, path);
}
