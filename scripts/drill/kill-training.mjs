import { killAndCompare } from "./kills.mjs";
import { contentOfRuns, damagedRuns } from "./run-files.mjs";

/** @type {import("./part.mjs").Part} */
export const killTraining = {
  name: "kill-training",
  title: "kill -9 while training",
  promise:
    "Started again, a training goes on from its last epoch and ends with the weights, predictions and metrics of one that was never stopped, bit for bit.",
  run: (context) =>
    killAndCompare(
      {
        prepare: () => context.laboratory.newWorkplace("training"),
        command: () => ["train", "resnet", "--protocol", "combined", "--set", "training.epochs=3"],
        outcome: contentOfRuns,
        damage: damagedRuns,
      },
      context,
    ),
};
