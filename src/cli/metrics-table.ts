import { percentBrackets, percentFigure } from "../core/percent.js";
import type { PartMetrics } from "../evaluation/report.js";
import { alignTable } from "./text-table.js";

/**
 * The metrics of a part as a table, a row for all clips and one for each corpus, in percent: each figure with its 95%
 * interval by clip, and UAR also by speaker where five or more are judged. A lone corpus has no row of its own.
 */
export function metricsTable(metrics: PartMetrics): string {
  const groups = Object.entries(metrics);
  const rows = groups.length === 2 ? groups.filter(([name]) => name !== "all") : groups;
  return alignTable(
    ["%", "clips", "accuracy", "UAR", "UAR by speaker", "macro-F1"],
    rows.map(([name, { n, accuracy, uar, macroF1 }]) => [
      name,
      String(n),
      percentFigure(accuracy),
      percentFigure(uar),
      uar.speaker === null ? "-" : percentBrackets(uar.speaker),
      percentFigure(macroF1),
    ]),
    ["left", "right", "right", "right", "right", "right"],
  );
}
