// Everything that is measured, by name, in order.
import { measureFeaturising, measureMemory } from "./measure-corpora.mjs";
import { measureEpochs } from "./measure-epochs.mjs";
import { measureFeatureRate } from "./measure-feature-rates.mjs";
import { measureClipLatency, measureColdStart } from "./measure-prediction.mjs";
import { measureTraining } from "./measure-training.mjs";
import { trainingTasks } from "./tasks.mjs";

/** @typedef {import("./results-file.mjs").Row} Row */
/** @typedef {import("./workplace.mjs").Workplace} Workplace */
/** @typedef {{ task: string, run: (workplace: Workplace) => Promise<Row[]> }} Measurement */

/** @type {readonly Measurement[]} */
export const measurements = [
  ...trainingTasks.flatMap((task) =>
    task.precisions.map((precision) => ({
      task: task.name,
      run: async (/** @type {Workplace} */ workplace) => [await measureTraining(task, precision, workplace)],
    })),
  ),
  { task: "epoch-resnet", run: (workplace) => measureEpochs("resnet", workplace) },
  { task: "epoch-simple-cnn-audio", run: (workplace) => measureEpochs("simple-cnn-audio", workplace) },
  { task: "predict-clip", run: measureClipLatency },
  { task: "predict-cold-start", run: measureColdStart },
  { task: "log-mel", run: (workplace) => measureFeatureRate("log-mel", workplace) },
  { task: "mfcc", run: (workplace) => measureFeatureRate("mfcc", workplace) },
  { task: "featurise-corpora", run: measureFeaturising },
  { task: "peak-memory", run: measureMemory },
];
