import { percentSign } from "../core/percent.js";
import type { Chart, LineSeries, Reference } from "./chart.js";

/** What the curves need of an epoch's record; null where an epoch was not validated. */
export interface LearningCurvePoint {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  readonly validationUar: number | null;
}

/**
 * How training went, epoch by epoch: `scores` draws validation accuracy and UAR with the epoch marked whose weights were
 * kept, or where none is named the best UAR; `loss` training and validation loss. The epoch that is kept need not have the
 * best UAR: a recipe may keep by another score (`keptBy`).
 */
export function learningCurves(
  history: readonly LearningCurvePoint[],
  show: "scores" | "loss" = "scores",
  keptEpoch: number | null = null,
): Chart {
  const curve = (name: string, column: keyof LearningCurvePoint, dashed: boolean): LineSeries => {
    const known = history.filter((record) => record[column] !== null);
    return {
      mark: "line",
      name,
      x: known.map(({ epoch }) => epoch),
      y: known.map((record) => record[column]!),
      dashed,
    };
  };
  const series =
    show === "scores"
      ? [
          curve("validation UAR", "validationUar", false),
          curve("validation accuracy", "validationAccuracy", true),
        ]
      : [curve("validation loss", "validationLoss", false), curve("training loss", "trainLoss", true)];
  const best = show === "scores" ? bestEpoch(history) : null;
  const marked =
    keptEpoch === null
      ? best && { value: best.epoch, label: `best UAR: epoch ${best.epoch}` }
      : { value: keptEpoch, label: `kept: epoch ${keptEpoch}` };
  const references: Reference[] = best === null || marked === null ? [] : [{ axis: "x", ...marked }];
  const keptText = keptEpoch === null ? "" : `, kept: epoch ${keptEpoch}`;
  const bestText =
    best === null ? "" : `; best UAR ${percentSign(best.uar)} in epoch ${best.epoch}${keptText}`;
  return {
    title: show === "scores" ? `Validation scores by epoch${bestText}` : "Loss by epoch",
    description: `Line chart over ${history.length} epochs of ${series.map(({ name }) => name).join(" and ")}${bestText}.`,
    x: { title: "epoch", kind: "number" },
    y:
      show === "scores"
        ? { title: "validation score", kind: "number", format: "percent" }
        : { title: "cross-entropy (nats)", kind: "number" },
    series: series.filter(({ x }) => x.length > 0),
    references,
    height: 340,
  };
}

function bestEpoch(history: readonly LearningCurvePoint[]): { epoch: number; uar: number } | null {
  let best: { epoch: number; uar: number } | null = null;
  for (const { epoch, validationUar } of history)
    if (validationUar !== null && (best === null || validationUar > best.uar))
      best = { epoch, uar: validationUar };
  return best;
}
