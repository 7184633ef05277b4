import { readFileSync } from "node:fs";
import { join } from "node:path";
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
/** @type {typeof import("../../src/core/safetensors.js")} */
const { decodeSafetensors } = compiled("core/safetensors");

const train = ["train", "resnet", "--protocol", "combined", "--set", "training.epochs=2"];
/**
 * How far the first epoch's training loss may be from that of another number of threads (nats; measured 0.0006). Sums taken
 * in another order differ in the last bits, and each step of training makes more of it: single answers of a network that
 * has barely learnt may be far apart after two epochs.
 */
const tolerance = 0.01;

/** @type {import("./part.mjs").Part} */
export const equalRuns = {
  name: "equal-runs",
  title: "Two runs of one specification",
  promise: `With one number of threads the numbers are equal, bit for bit; with another, the training loss of the first epoch is within ${tolerance}.`,
  async run({ laboratory, note }) {
    const once = async (/** @type {string} */ name, /** @type {readonly string[]} */ prefix) => {
      note(name);
      const place = laboratory.newWorkplace(name);
      const ended = await runToEnd(place, train, { prefix });
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
    if (capture("taskset", ["-c", "0", "true"]).ok) {
      const one = ["taskset", "-c", "0"];
      const [single, again] = [await once("one-thread", one), await once("one-thread-again", one)];
      const { probability, weight, loss } = await differenceOf(first, single);
      checks.push(
        checkNone(
          "two runs on one core are equal bit for bit",
          differencesBetween(contentOfRuns(single), contentOfRuns(again)),
        ),
        check(
          `one core and all cores: the first epoch's training loss within ${tolerance}`,
          loss <= tolerance,
          `difference ${loss.toExponential(1)}`,
        ),
      );
      notes.push(
        `One core and all cores differ by at most ${probability.toExponential(1)} in a probability and ${weight.toExponential(1)} in a weight.`,
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
  const [weights, others] = [one, other].map((folder) => {
    const path = join(folder ?? "", "best.safetensors");
    return decodeSafetensors(readFileSync(path), path).arrays[0]?.values ?? [];
  });
  const probabilities = (before ?? []).flatMap(({ probabilities: p }, i) =>
    p.map((value, k) => Math.abs(value - (after?.[i]?.probabilities[k] ?? 1))),
  );
  const losses = await Promise.all(
    [one, other].map((folder) => readHistory(join(folder ?? "", "history.csv"))),
  );
  const loss = Math.abs((losses[0]?.[0]?.trainLoss ?? 0) - (losses[1]?.[0]?.trainLoss ?? 1));
  let weight = 0;
  (weights ?? []).forEach((value, i) => {
    weight = Math.max(weight, Math.abs(value - (others?.[i] ?? 0)));
  });
  return { probability: Math.max(...probabilities), weight, loss };
}
