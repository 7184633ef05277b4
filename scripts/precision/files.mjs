// results/precision/: the predictions of every run of the study, and study.json, which follows from them.
import { join } from "node:path";
import { compiled } from "../benchmark/compiled.mjs";
import { precisions, seeds } from "./study.mjs";

/** @type {typeof import("../../src/core/files.js")} */
const { readJson, writeJson } = compiled("core/files");
/** @type {typeof import("../../src/evaluation/predictions-file.js")} */
const { readPredictions, writePredictions } = compiled("evaluation/predictions-file");

/** @typedef {import("./study.mjs").StudyRun} StudyRun */
/** @typedef {import("./table.mjs").Study} Study */

const folderOf = (/** @type {string} */ root) => join(root, "results", "precision");
const studyOf = (/** @type {string} */ root) => join(folderOf(root), "study.json");
const predictionsOf = (
  /** @type {string} */ root,
  /** @type {string} */ precision,
  /** @type {number} */ seed,
) => join(folderOf(root), `predictions-${precision}-seed-${seed}.csv`);

/** @param {string} root @returns {Promise<Study | null>} */
export async function readStudy(root) {
  return /** @type {Study | null} */ (await readJson(studyOf(root)));
}

/** The runs as the committed files have them. @param {string} root @param {Study} study @returns {Promise<StudyRun[]>} */
export async function readStudyRuns(root, study) {
  return Promise.all(
    precisions.flatMap((precision) =>
      seeds.map(async (seed) => {
        const known = study.runs.find((run) => run.precision === precision && run.seed === seed);
        const { specHash = "", seconds = 0 } = known ?? {};
        const test = await readPredictions(predictionsOf(root, precision, seed));
        return { precision, seed, specHash, seconds, test };
      }),
    ),
  );
}

/** study.json last: it says that the rest is whole. @param {string} root @param {readonly StudyRun[]} runs @param {(runs: readonly StudyRun[]) => Study} describe */
export async function writeStudy(root, runs, describe) {
  for (const { precision, seed, test } of runs)
    await writePredictions(predictionsOf(root, precision, seed), test);
  // From the files, whose probabilities have six decimals, so that anyone finds the same figures.
  const written = await readStudyRuns(root, describe(runs));
  const study = describe(written);
  await writeJson(studyOf(root), study);
  return study;
}
