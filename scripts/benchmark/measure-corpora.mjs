// What needs the real corpora: featurising all of them, and the memory of a full run.
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { compiled } from "./compiled.mjs";
import { runOnce } from "./one-shot.mjs";
import { makeRow } from "./row.mjs";

/** @type {typeof import("../../src/corpora/catalogue.js")} */
const { loadCatalogueFor } = compiled("corpora/catalogue");
/** @type {typeof import("../../src/features/cache.js")} */
const { cachedFeatures } = compiled("features/cache");
/** @type {typeof import("../../src/training/recipes.js")} */
const { recipeFor } = compiled("training/recipes");

/** @typedef {import("./results-file.mjs").Row} Row */
/** @typedef {import("./workplace.mjs").Workplace} Workplace */

const notAtHand = "the corpora are not in the store";

/** All clips of RAVDESS, CREMA-D and TESS by all cores, into an empty cache. @param {Workplace} workplace @returns {Promise<Row[]>} */
export async function measureFeaturising({ settings, folder }) {
  const task = "featurise-corpora";
  const clips = await loadCatalogueFor({ ...settings, profile: "full" }).catch(() => null);
  if (clips === null) return [makeRow({ task, unit: "s", repeats: {}, missing: { ours: notAtHand } })];
  const start = performance.now();
  await cachedFeatures(clips, recipeFor("resnet", "full").features, { home: folder });
  const seconds = (performance.now() - start) / 1000;
  const note = `${clips.length.toLocaleString("en")} clips decoded, trimmed, log-mel, by all cores, once`;
  return [makeRow({ task, unit: "s", repeats: { ours: [seconds] }, note })];
}

/** @param {Workplace} workplace @returns {Promise<Row[]>} */
export async function measureMemory({ settings, folder, pytorchPython }) {
  const task = "peak-memory";
  const unit = /** @type {const} */ ("MiB");
  const clips = await loadCatalogueFor({ ...settings, profile: "full" }).catch(() => null);
  if (clips === null) return [makeRow({ task, unit, repeats: {}, missing: { ours: notAtHand } })];
  // A store of its own: corpora and features are the usual ones, the run is not.
  const home = join(folder, "home");
  await mkdir(home);
  for (const part of ["corpora", "features"]) await symlink(join(settings.home, part), join(home, part));
  const ours = runOnce(process.execPath, "memory-of-run.mjs", [home]);
  const pytorch = runOnce(pytorchPython, "memory_of_run.py", [JSON.stringify(ours)]);
  const repeats = { ours: [ours.peakMiB], pytorch: [pytorch.peakMiB] };
  const note =
    "peak resident memory of a full ResNet run on `combined` (an epoch of it), all clips in memory";
  return [makeRow({ task, unit, repeats, note })];
}
