import { delimiter, join } from "node:path";
import { compiled } from "../benchmark/compiled.mjs";
import { capture } from "../setup/run-command.mjs";
import { differencesBetween, lastLine } from "./kills.mjs";
import { check, checkNone } from "./part.mjs";
import { runToEnd } from "./product.mjs";
import { contentOfRuns, runFolders } from "./run-files.mjs";

/** @type {typeof import("../../src/evaluation/predictions-file.js")} */
const { readPredictions } = compiled("evaluation/predictions-file");
/** @type {typeof import("../../src/training/history.js")} */
const { readHistory } = compiled("training/history");

const train = ["train", "resnet", "--protocol", "combined", "--set", "training.epochs=2"];
/** The same two epochs in steps so small that what a step makes of a difference does not count. */
const trainSlowly = [...train, "--set", "training.learningRate=0.00001"];
/**
 * How far numbers may be from those of another number of threads: sums taken in another order differ in the last bits.
 * Where steps are small that is all (measured 2e-6 in a probability); at the usual rate each step makes more of it, and
 * single answers of a network that has barely learnt are far apart after two epochs (measured 0.0006 nats in the first
 * epoch's loss, 0.5 in a probability, with the same epoch as the best one).
 */
const mostOf = { probability: 1e-4, loss: 0.01 };
/** Programs of other versions of Node, to be compared with this one. */
const otherNodes = (process.env.AFFECTLAB_DRILL_NODES ?? "").split(delimiter).filter((path) => path !== "");

/** @type {import("./part.mjs").Part} */
export const equalRuns = {
  name: "equal-runs",
  title: "Two runs of one specification",
  promise: `With one number of threads the numbers are equal, bit for bit, whichever Node runs them; with another they differ by rounding alone: by ${mostOf.probability} in a probability while steps are small, by ${mostOf.loss} in the training loss of the first epoch at the usual rate.`,
  async run({ laboratory, note }) {
    /** @param {string} name @param {readonly string[]} prefix */
    const once = async (name, prefix, command = train, node = process.execPath) => {
      note(name);
      const place = laboratory.newWorkplace(name);
      const ended = await runToEnd(place, command, { prefix, node });
      if (ended.code !== 0) throw new Error(lastLine(ended.stderr));
      return place;
    };
    const [first, second] = [await once("first", []), await once("second", [])];
    const checks = [
      checkNone(
        "two runs are equal bit for bit",
        differencesBetween(contentOfRuns(first), contentOfRuns(second)),
      ),
    ];
    const notes = [];
    for (const node of otherNodes) {
      const version = capture(node, ["--version"]).out.trim();
      const other = await once(`node-${version}`, [], train, node);
      checks.push(
        checkNone(
          `Node ${version} gives what ${process.version} gives, bit for bit`,
          differencesBetween(contentOfRuns(first), contentOfRuns(other)),
        ),
      );
    }
    if (otherNodes.length === 0)
      notes.push("AFFECTLAB_DRILL_NODES names no other Node: versions were not compared.");
    if (capture("taskset", ["-c", "0", "true"]).ok) {
      const one = ["taskset", "-c", "0"];
      const [single, again] = [await once("one-thread", one), await once("one-thread-again", one)];
      const { probability, loss } = await differenceOf(first, single);
      const slow = await differenceOf(
        await once("slowly", [], trainSlowly),
        await once("slowly-one-thread", one, trainSlowly),
      );
      checks.push(
        checkNone(
          "two runs on one core are equal bit for bit",
          differencesBetween(contentOfRuns(single), contentOfRuns(again)),
        ),
        check(
          `one core and all cores, small steps: each probability within ${mostOf.probability}`,
          slow.probability <= mostOf.probability,
          `difference ${slow.probability.toExponential(1)}`,
        ),
        check(
          `one core and all cores, usual steps: the first epoch's training loss within ${mostOf.loss}`,
          loss <= mostOf.loss,
          `difference ${loss.toExponential(1)}`,
        ),
      );
      notes.push(
        `One core and all cores, after two epochs of usual steps, differ by at most ${probability.toExponential(1)} in a probability.`,
      );
    } else notes.push("taskset is missing: numbers of threads were not compared.");
    return { checks, notes };
  },
};

/**
 * @param {import("./laboratory.mjs").Workplace} a
 * @param {import("./laboratory.mjs").Workplace} b
 */
async function differenceOf(a, b) {
  const [one, other] = [a, b].map((place) => runFolders(place)[0]?.folder ?? "");
  const [before, after] = await Promise.all(
    [one, other].map((folder) => readPredictions(join(folder ?? "", "predictions.csv"))),
  );
  const probabilities = (before ?? []).flatMap(({ probabilities: p }, i) =>
    p.map((value, k) => Math.abs(value - (after?.[i]?.probabilities[k] ?? 1))),
  );
  const losses = await Promise.all(
    [one, other].map((folder) => readHistory(join(folder ?? "", "history.csv"))),
  );
  const loss = Math.abs((losses[0]?.[0]?.trainLoss ?? 0) - (losses[1]?.[0]?.trainLoss ?? 1));
  return { probability: Math.max(...probabilities), loss };
}
