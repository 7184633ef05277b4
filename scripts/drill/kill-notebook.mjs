import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { killAndCompare } from "./kills.mjs";
import { contentOfRuns, damagedRuns } from "./run-files.mjs";

const cells = [
  'import { defineRun, resolveSettings, trainRun } from "affectlab";\nconst settings = resolveSettings();',
  'const request = { model: "resnet", protocol: "combined" as const, training: { epochs: 1 } };\nconst spec = await defineRun(request, settings);',
  "const run = await trainRun(spec, { settings: settings });",
  "console.log(JSON.stringify(run.metrics.test));",
];

/**
 * A workplace whose notebooks/drill.ipynb trains a network for an epoch.
 * @param {import("./laboratory.mjs").Laboratory} laboratory
 * @param {readonly string[]} [models]
 */
export function notebookWorkplace(laboratory, models) {
  const place = laboratory.newWorkplace("notebook", { ...(models && { models }) });
  writeFileSync(join(place.root, "notebooks", "drill.ipynb"), notebookOf(cells));
  return place;
}

/** @param {import("./laboratory.mjs").Workplace} place */
const executedOf = ({ root }) => join(root, "build", "notebooks", "drill.ipynb");

/** @type {import("./part.mjs").Part} */
export const killNotebook = {
  name: "kill-notebook",
  title: "kill -9 while a notebook is executed",
  promise:
    "An executed notebook is there whole or not at all, its kernel ends with the runner, and the training in it goes on where it was.",
  run: (context) =>
    killAndCompare(
      {
        prepare: () => notebookWorkplace(context.laboratory),
        command: ({ root }) => [join(root, "notebooks", "drill.ipynb")],
        how: { program: "nbconvert-runner" },
        outcome: (place) => ({ ...contentOfRuns(place), outputs: outputsOf(place) }),
        async damage(place) {
          const damage = await damagedRuns(place);
          if (existsSync(executedOf(place)) && outputsOf(place).at(-1)?.length === 0)
            damage.push("the executed notebook lacks its last output");
          return damage;
        },
      },
      context,
    ),
};

/** @param {import("./laboratory.mjs").Workplace} place */
function outputsOf(place) {
  /** @type {{ cells: { outputs: { text?: string | string[] }[] }[] }} */
  const notebook = JSON.parse(readFileSync(executedOf(place), "utf8"));
  return notebook.cells.map(({ outputs }) => outputs.map(({ text }) => [text].flat().join("")));
}

/** @param {readonly string[]} sources */
function notebookOf(sources) {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: "tslab", display_name: "TypeScript (affectlab)", language: "typescript" },
      language_info: { name: "typescript" },
    },
    cells: sources.map((source, i) => ({
      ...{ cell_type: "code", id: `cell-${i}`, metadata: {}, execution_count: null, outputs: [] },
      source,
    })),
  });
}
