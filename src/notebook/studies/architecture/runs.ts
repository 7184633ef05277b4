import { learningCurves } from "../../../charts/learning-curves.js";
import { renderPlotly } from "../../../charts/plotly.js";
import { renderPng } from "../../../charts/png.js";
import { formatSeconds } from "../../../core/progress.js";
import type { EpochRecord } from "../../../training/history.js";
import type { RunSpec } from "../../../training/run-spec.js";
import type { Run } from "../../../training/run-store.js";
import { type TrainOptions, trainRun } from "../../../training/train-run.js";
import { plotlyType, showTable } from "../../display.js";
import { notebookProgress } from "../../notebook-progress.js";
import { recordRun } from "../../record.js";
import { updatable } from "../../updatable.js";

/** An architecture's runs: one judged on voices that it has never heard, one on voices that it knows. */
export interface RunPair {
  /** Protocol `speaker-independent`. */
  readonly newVoices: Run;
  /** Protocol `combined`. */
  readonly combined: Run;
}

/**
 * Trains a run, or loads it when the store has it, and shows a progress bar with the learning curve below it, which
 * grows with every epoch. Notes the run in the notebook's metadata. Throws what `trainRun` throws.
 */
export async function trainWithCurves(spec: RunSpec, options: TrainOptions): Promise<Run> {
  const onProgress = options.onProgress ?? notebookProgress();
  const curve = updatable();
  const draw = async (history: readonly EpochRecord[], keptEpoch: number | null): Promise<void> => {
    const chart = { ...learningCurves(history, "scores", keptEpoch), title: `Validation: ${titleOf(spec)}` };
    curve.update({
      [plotlyType]: renderPlotly(chart),
      "image/png": Buffer.from(await renderPng(chart, 1)).toString("base64"),
      "text/plain": chart.description,
    });
  };
  const run = await trainRun(spec, { ...options, onProgress, onEpoch: (history) => draw(history, null) });
  await draw(run.history, run.metrics.bestEpoch);
  recordRun({ specHash: run.hash, dataChecksum: run.metrics.dataChecksum });
  return run;
}

/** `resnet, combined`, or `resnet, emobox-ravdess, fold 2`. */
function titleOf({ model, protocol, fold }: RunSpec): string {
  return `${model}, ${protocolOf({ protocol, fold })}`;
}

function protocolOf({ protocol, fold }: Pick<RunSpec, "protocol" | "fold">): string {
  return fold === null ? protocol : `${protocol}, fold ${fold}`;
}

/** A table of runs: what each was trained on, for how long, and which epoch was kept. */
export function showRuns(runs: readonly Run[]): void {
  showTable(
    runs.map(({ hash, spec, metrics }) => ({
      model: spec.model,
      protocol: protocolOf(spec),
      run: hash,
      seed: spec.seed,
      parameters: metrics.parameters,
      epochs: metrics.epochs,
      "epoch kept": metrics.bestEpoch,
      "training time": formatSeconds(metrics.seconds),
      precision: metrics.precision,
      device: metrics.device,
      source: metrics.source,
    })),
  );
}
