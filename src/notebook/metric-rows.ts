import type { IntervalRow } from "../charts/intervals.js";
import { percentCell, percentRangeCell } from "../core/percent.js";
import type { GroupMetrics } from "../evaluation/report.js";

/**
 * Metrics of groups (corpora, sexes, speakers) as rows for `showTable`, in percent: each figure with its 95%
 * bootstrap interval by clip, and UAR by speaker where five or more are judged.
 */
export function metricRows(
  groups: Readonly<Record<string, GroupMetrics>>,
  groupTitle = "clips of",
): Record<string, string | number>[] {
  return Object.entries(groups).map(([name, { n, accuracy, uar, macroF1 }]) => ({
    [groupTitle]: name,
    n,
    "accuracy %": percentCell(accuracy),
    "UAR %": percentCell(uar),
    "UAR interval by speaker": percentRangeCell(uar.speaker),
    "macro-F1 %": percentCell(macroF1),
  }));
}

/** The UAR of groups with its interval by clip, as rows of an interval chart. */
export function uarRows(groups: Readonly<Record<string, GroupMetrics>>, series?: string): IntervalRow[] {
  return Object.entries(groups).map(([name, { uar }]) => ({
    name,
    value: uar.value,
    interval: uar.clip,
    ...(series !== undefined && { series }),
  }));
}
