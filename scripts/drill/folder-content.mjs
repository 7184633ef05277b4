import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { compiled } from "../benchmark/compiled.mjs";

/** @type {typeof import("../../src/core/hash.js")} */
const { sha256 } = compiled("core/hash");

/**
 * The files below a folder, relative to it, sorted; links to folders are not followed.
 * @param {string} folder
 * @returns {string[]}
 */
export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(
      (name) => !lstatSync(join(folder, name)).isSymbolicLink() && statSync(join(folder, name)).isFile(),
    )
    .sort();
}

/**
 * SHA-256 of each file below a folder, by its name; what a killed process left half written (*.part) does not count.
 * @param {string} folder
 * @returns {Record<string, string>}
 */
export function contentOfFolder(folder) {
  const names = filesBelow(folder).filter((name) => !/\.part$|\.part\./.test(name));
  return Object.fromEntries(names.map((name) => [name, sha256(readFileSync(join(folder, name)))]));
}
