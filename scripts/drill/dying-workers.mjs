import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contentOfFolder } from "./folder-content.mjs";
import { differencesBetween, lastLine } from "./kills.mjs";
import { checkNone } from "./part.mjs";
import { runToEnd } from "./product.mjs";
import { contentOfRuns } from "./run-files.mjs";

/**
 * Loaded before the product in each of its threads: the first worker thread ends in the middle of its work, as one does
 * that runs out of memory.
 */
const endOneThread = `
const { isMainThread } = require("node:worker_threads");
const { openSync } = require("node:fs");
if (!isMainThread) setTimeout(() => {
  try { openSync(process.env.AFFECTLAB_DRILL_DEATH, "wx"); } catch { return; }
  process.exit(1);
}, 1500);
`;

/** @type {import("./part.mjs").Part} */
export const dyingWorkers = {
  name: "dying-workers",
  title: "A worker thread that dies",
  promise:
    "Another takes its place, what it was doing is done again, and the outcome is that of a run in which none died.",
  async run({ laboratory, note }) {
    const hook = join(laboratory.newFolder("hook"), "end-one-thread.cjs");
    writeFileSync(hook, endOneThread);
    const works = {
      "of the feature pool": ["train", "baseline-descriptors", "--protocol", "combined"],
      "of the recording pool": ["predict", join(laboratory.sample, "tess"), "--model", "resnet", "--csv"],
    };
    /** @type {import("./part.mjs").Check[]} */
    const checks = [];
    for (const [name, command] of Object.entries(works)) {
      note(name);
      const [usual, hit] = [0, 1].map(() =>
        laboratory.newWorkplace("worker", { models: ["resnet", "voice-activity"] }),
      );
      if (usual === undefined || hit === undefined) continue;
      const death = join(hit.home, "death");
      const env = { NODE_OPTIONS: `--require ${hook}`, AFFECTLAB_DRILL_DEATH: death };
      const [expected, ended] = [await runToEnd(usual, command), await runToEnd(hit, command, { env })];
      /** @type {(place: typeof usual, stdout: string) => Record<string, unknown>} */
      const outcome = (place, stdout) => ({
        ...contentOfRuns(place),
        ...contentOfFolder(join(place.home, "features")),
        ...(command[0] === "predict" && { answers: stdout }),
      });
      checks.push(
        checkNone(`a thread ${name}: it did die`, existsSync(death) ? [] : ["the work was done before"]),
        checkNone(
          `a thread ${name}: the work came to its end`,
          ended.code === 0 ? [] : [`exit code ${ended.code}: ${lastLine(ended.stderr)}`],
        ),
        checkNone(
          `a thread ${name}: the outcome is the same`,
          differencesBetween(outcome(usual, expected.stdout), outcome(hit, ended.stdout)),
        ),
      );
    }
    return { checks };
  },
};
