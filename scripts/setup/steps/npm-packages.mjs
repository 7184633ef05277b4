import { readFileSync } from "node:fs";
import { join } from "node:path";
import { places, root } from "../places.mjs";
import { runCommand } from "../run-command.mjs";

/** @typedef {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>} LockedPackages */

/**
 * Whether everything that package-lock.json lists is installed in the listed version; packages for other machines
 * (optional ones) may be absent. A pure function over the two lock files' `packages`.
 * @param {LockedPackages} wanted
 * @param {LockedPackages} installed node_modules/.package-lock.json, which npm writes
 */
export function areInstalled(wanted, installed) {
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === "") return true;
    const found = installed[path];
    return found === undefined ? Boolean(optional || devOptional) : found.version === version;
  });
}

/**
 * @param {string} path
 * @returns {LockedPackages | null}
 */
function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages ?? null;
  } catch {
    return null;
  }
}

/** @type {import("../prepare.mjs").Step} */
export const npmPackages = {
  name: "npm packages",
  isDone() {
    const wanted = readLock(join(root, "package-lock.json"));
    const installed = readLock(join(places.modules, ".package-lock.json"));
    return wanted !== null && installed !== null && areInstalled(wanted, installed);
  },
  async run(_context, note) {
    // Install scripts stay off: the one that matters (TensorFlow's addon) is a step of its own.
    const args = ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=http"];
    await runCommand("npm", args, { log: join(places.logs, "npm-packages.log"), onLine: note });
  },
};
