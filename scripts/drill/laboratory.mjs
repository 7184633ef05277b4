// Where the drill works: stores and checkouts of its own, so that nothing of the user's is read, changed or published over.
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { compiled } from "../benchmark/compiled.mjs";
import { places, storeFolder } from "../setup/places.mjs";

/** @type {typeof import("../../src/corpora/sample/sample.js")} */
const { readSampleMarker, synthesiseSample } = compiled("corpora/sample/sample");

/**
 * @typedef {object} Workplace a store and a checkout
 * @property {string} home
 * @property {string} root
 */

/**
 * @typedef {object} Laboratory
 * @property {string} sample the folder of the synthetic speech
 * @property {(name: string, options?: { withSample?: boolean, models?: readonly string[] }) => Workplace} newWorkplace
 * @property {(name: string) => string} newFolder
 * @property {() => void} clear removes all that was made since the last time
 */

/** Where reports and work lie. */
export const drillFolder = join(places.build, "drill");

/**
 * Opens the drill's folder and makes the synthetic speech where the user's store lacks it.
 * @param {(text: string) => void} note
 * @returns {Promise<Laboratory>}
 */
export async function openLaboratory(note) {
  const work = join(drillFolder, "work");
  rmSync(work, { recursive: true, force: true });
  const sample = await findSample(note);
  /** @param {string} name */
  const newFolder = (name) => {
    mkdirSync(work, { recursive: true });
    return mkdtempSync(join(work, `${name}-`));
  };
  return {
    sample,
    newFolder,
    newWorkplace(name, { withSample = true, models = [] } = {}) {
      const folder = newFolder(name);
      const [home, root] = [join(folder, "home"), join(folder, "checkout")];
      mkdirSync(join(home, "corpora"), { recursive: true });
      if (withSample) linkTree(sample, join(home, "corpora", "sample"));
      makeCheckout(root, models);
      return { home, root };
    },
    clear: () => rmSync(work, { recursive: true, force: true }),
  };
}

/** @param {(text: string) => void} note */
async function findSample(note) {
  const users = join(storeFolder(), "corpora", "sample");
  if ((await readSampleMarker(users)) !== null) return users;
  const own = join(drillFolder, "sample");
  await synthesiseSample(own, { onProgress: ({ done, total }) => note(`sample speech ${done} of ${total}`) });
  return own;
}

/**
 * A checkout as a clone that is set up has it, without results and with these models alone.
 * @param {string} root
 * @param {readonly string[]} models
 */
function makeCheckout(root, models) {
  for (const folder of ["bin", "dist"]) linkTree(join(places.root, folder), join(root, folder));
  for (const folder of ["data", "models", "results", "notebooks", "build"])
    mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(join(places.root, "package.json"), join(root, "package.json"));
  for (const name of ["sources.json", "references.json", "checksums"])
    symlinkSync(join(places.root, "data", name), join(root, "data", name));
  for (const name of ["node_modules", ".venv", "scripts"])
    if (existsSync(join(places.root, name))) symlinkSync(join(places.root, name), join(root, name));
  if (existsSync(join(places.build, "native")))
    symlinkSync(join(places.build, "native"), join(root, "build", "native"));
  // What a clone has of results: how clips are divided.
  for (const protocol of readdirSync(join(places.root, "results"))) {
    const split = join("results", protocol, "split.csv");
    if (!existsSync(join(places.root, split))) continue;
    mkdirSync(join(root, "results", protocol));
    copyFileSync(join(places.root, split), join(root, split));
  }
  for (const name of models) linkTree(join(places.root, "models", name), join(root, "models", name));
}

/**
 * The files of a folder under second names: nothing is copied where both lie on one file system.
 * @param {string} from
 * @param {string} to
 */
export function linkTree(from, to) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else linkOrCopy(source, target);
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
function linkOrCopy(from, to) {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
