import * as tf from "@tensorflow/tfjs";
import { formatSeconds } from "../../../core/progress.js";
import type { Settings } from "../../../core/settings.js";
import { loadRunModel } from "../../../training/run-model.js";
import type { Run } from "../../../training/run-store.js";
import { showMarkdown, showTable } from "../../display.js";
import type { RunPair } from "./runs.js";

/** Passes before and during the measurement; the median of the latter is told. */
const warmUpPasses = 5;
const measuredPasses = 31;

/** Median milliseconds from one clip's features to its logits, on the machine at hand, with the run's best weights. */
export async function measureLatency(run: Run, settings: Settings): Promise<number> {
  const { model } = await loadRunModel(run.spec, settings, "best");
  try {
    const shape = model.inputs[0]!.shape.slice(1) as number[];
    const milliseconds: number[] = [];
    for (let pass = 0; pass < warmUpPasses + measuredPasses; pass++) {
      const start = performance.now();
      tf.tidy(() =>
        (model.apply(tf.ones([1, ...shape]), { training: false }) as tf.Tensor).dataSync().slice(),
      );
      if (pass >= warmUpPasses) milliseconds.push(performance.now() - start);
    }
    return milliseconds.sort((a, b) => a - b)[(measuredPasses - 1) / 2]!;
  } finally {
    model.dispose();
  }
}

/** What an architecture costs: weights, their size on disk as float16, training time, and time for one clip. */
export async function showCost({ newVoices, combined }: RunPair, settings: Settings): Promise<void> {
  const { parameters } = newVoices.metrics;
  const trained = ({ metrics }: Run): string => `${formatSeconds(metrics.seconds)} on ${metrics.device}`;
  const latency = (await measureLatency(newVoices, settings)).toFixed(1);
  showTable([
    {
      parameters,
      "size as float16": `${((2 * parameters) / 1e6).toFixed(2)} MB`,
      "training, new voices": trained(newVoices),
      "training, known voices": trained(combined),
      "one clip, features to answer": `${latency} ms (median of ${measuredPasses})`,
    },
  ]);
  if (newVoices.spec.features.kind === "whisper-mel")
    showMarkdown(
      `Counted is what is tuned. The blocks below stay as they were published: they add their weights to the size, and their time to every answer to a recording; notebook 12 has the time from sound to answer.`,
    );
}
