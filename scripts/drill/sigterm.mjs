import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { contentOfFolder, filesBelow } from "./folder-content.mjs";
import { notebookWorkplace } from "./kill-notebook.mjs";
import { differencesBetween, lastLine } from "./kills.mjs";
import { check, checkNone } from "./part.mjs";
import { runToEnd, start } from "./product.mjs";
import { contentOfRuns, damagedRuns } from "./run-files.mjs";

/** What a scheduler grants between SIGTERM and SIGKILL. */
const noticeSeconds = 30;

/**
 * @typedef {object} Work
 * @property {(place: import("./laboratory.mjs").Workplace) => readonly string[]} command
 * @property {RegExp} at what it says when the signal is sent
 * @property {(place: import("./laboratory.mjs").Workplace) => Record<string, unknown>} outcome
 * @property {import("./product.mjs").StartOptions["program"]} [program]
 */

/** @type {import("./part.mjs").Part} */
export const sigterm = {
  name: "sigterm",
  title: "SIGTERM with 30 s notice",
  promise:
    "Work ends by itself before a scheduler loses patience, leaves nothing half written, and goes on when it is started again.",
  async run({ laboratory, note }) {
    /** @param {import("./laboratory.mjs").Workplace} place */
    const exported = ({ home }) => join(home, "exported");
    /** @type {Record<string, Work>} */
    const works = {
      training: {
        command: () => ["train", "resnet", "--protocol", "combined", "--set", "training.epochs=3"],
        at: /epoch 1 of 3/,
        outcome: contentOfRuns,
      },
      featurising: {
        command: () => ["train", "baseline-descriptors", "--protocol", "combined"],
        at: /features: /,
        outcome: contentOfRuns,
      },
      "an import": {
        command: () => ["corpora", "import", "all", "--from", laboratory.sample],
        at: /import (ravdess|crema-d): /,
        outcome: ({ home }) => withoutSample(contentOfFolder(join(home, "corpora"))),
      },
      "an export": {
        command: (place) => ["export", "resnet", "--to", "onnx", "--output", exported(place)],
        at: /comparison with the source: /,
        outcome: (place) => contentOfFolder(exported(place)),
      },
      "a notebook": {
        command: ({ root }) => [join(root, "notebooks", "drill.ipynb")],
        program: "nbconvert-runner",
        at: /cell 3 of 4/,
        outcome: contentOfRuns,
      },
    };
    /** @type {import("./part.mjs").Check[]} */
    const checks = [];
    /** @type {string[]} */
    const notes = [];
    for (const [name, { command, at, outcome, program = "affectlab" }] of Object.entries(works)) {
      note(name);
      const [stopped, undisturbed] = [0, 1].map(() => notebookWorkplace(laboratory, ["resnet"]));
      if (stopped === undefined || undisturbed === undefined) continue;
      const work = start(stopped, command(stopped), { program });
      work.child.stdin.end();
      const reached = await work.hasSaid(at);
      const sent = performance.now();
      work.child.kill("SIGTERM");
      const patience = setTimeout(() => work.signalGroup("SIGKILL"), 1000 * noticeSeconds);
      const { code, stderr } = await work.ended;
      clearTimeout(patience);
      const seconds = (performance.now() - sent) / 1000;
      notes.push(`${name} took ${seconds.toFixed(1)} s to end.`);
      checks.push(
        check(
          `${name}: ended by itself within ${noticeSeconds} s`,
          reached && (code === 143 || code === 130),
          `exit code ${code}, ${lastLine(stderr)}`,
        ),
        checkNone(`${name}: left nothing half written`, [
          ...leftOvers(stopped),
          ...(await damagedRuns(stopped)),
        ]),
      );
      const again = await runToEnd(stopped, command(stopped), { program });
      const whole = await runToEnd(undisturbed, command(undisturbed), { program });
      const failed = [again, whole].filter((one) => one.code !== 0).map((one) => lastLine(one.stderr));
      checks.push(
        checkNone(`${name}: started again it came to the same`, [
          ...failed,
          ...differencesBetween(outcome(undisturbed), outcome(stopped)),
        ]),
      );
    }
    return { checks, notes };
  },
};

/** @param {import("./laboratory.mjs").Workplace} place */
function leftOvers({ home, root }) {
  const hidden = readdirSync(home).filter((name) => name.endsWith(".part"));
  const build = join(root, "build", "notebooks");
  const files = [...filesBelow(home), ...(existsSync(build) ? filesBelow(build) : [])];
  return [...hidden, ...files.filter((name) => /\.part(\.|$)/.test(name))];
}

/** @param {Record<string, string>} content */
const withoutSample = (content) =>
  Object.fromEntries(Object.entries(content).filter(([name]) => !name.startsWith("sample")));
