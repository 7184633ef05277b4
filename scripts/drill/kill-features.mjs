import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compiled } from "../benchmark/compiled.mjs";
import { contentOfFolder, filesBelow } from "./folder-content.mjs";
import { killAndCompare } from "./kills.mjs";
import { contentOfRuns } from "./run-files.mjs";

/** @type {typeof import("../../src/features/cache-entry.js")} */
const { decodeEntry } = compiled("features/cache-entry");

/** @param {import("./laboratory.mjs").Workplace} place */
const cacheOf = ({ home }) => join(home, "features");

/** @type {import("./part.mjs").Part} */
export const killFeatures = {
  name: "kill-features",
  title: "kill -9 while featurising",
  promise:
    "The cache holds whole entries or none; what was computed is not computed again, and the baseline that is fitted on the features comes to the same result.",
  run: (context) =>
    killAndCompare(
      {
        prepare: () => context.laboratory.newWorkplace("features"),
        command: () => ["train", "baseline-descriptors", "--protocol", "combined"],
        outcome: (place) => ({ ...contentOfFolder(cacheOf(place)), ...contentOfRuns(place) }),
        damage: (place) =>
          filesBelow(cacheOf(place))
            .filter((name) => name.endsWith(".f32"))
            .filter((name) => decodeEntry(readFileSync(join(cacheOf(place), name))) === null)
            .map((name) => `${name} is no whole entry`),
      },
      context,
    ),
};
