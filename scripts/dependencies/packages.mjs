import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { places, root } from "../setup/places.mjs";

/**
 * @typedef {object} Package
 * @property {string} name
 * @property {string} version
 * @property {string} licence as the package names it; empty where it names none
 */

/**
 * Every npm package that package-lock.json names, for every platform, once a name and version.
 * @param {string} [lock] its text
 * @returns {Package[]}
 */
export function npmPackages(lock = readFileSync(join(root, "package-lock.json"), "utf8")) {
  const found = new Map();
  for (const [path, entry] of Object.entries(JSON.parse(lock).packages)) {
    if (path === "" || entry.link === true) continue;
    const name = entry.name ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    found.set(`${name}@${entry.version}`, { name, version: entry.version, licence: entry.license ?? "" });
  }
  return [...found.values()];
}

/** What Python's trove classifiers and free texts call a licence, and SPDX calls otherwise. */
const spdxNames = new Map([
  ["3-Clause BSD License", "BSD-3-Clause"],
  ["Apache 2.0", "Apache-2.0"],
  ["Apache License 2.0", "Apache-2.0"],
  ["Apache License, Version 2.0", "Apache-2.0"],
  ["Apache Software License", "Apache-2.0"],
  ["BSD License", "BSD-3-Clause"],
  ["ISC License (ISCL)", "ISC"],
  ["MIT License", "MIT"],
  ["Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"],
  ["Python Software Foundation License", "PSF-2.0"],
]);

/**
 * Every package of the Python environment, with what it brings.
 * @returns {Package[]}
 */
export function pythonPackages() {
  const told = execFileSync(places.python, [join(root, "scripts", "python", "list_licences.py")], {
    encoding: "utf8",
  });
  return JSON.parse(told).map((/** @type {Package} */ one) => ({
    ...one,
    licence: spdxNames.get(one.licence) ?? one.licence,
  }));
}
