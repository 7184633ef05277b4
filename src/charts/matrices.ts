import { LabError } from "../core/errors.js";
import { percentSign } from "../core/percent.js";
import type { Chart } from "./chart.js";

/**
 * A confusion matrix: rows are labels with their number of clips, columns decisions; colour and text are each
 * row's shares in percent, so the diagonal is the recall. Throws LabError unless there is a row and a column a label.
 */
export function confusionMatrix(
  counts: readonly (readonly number[])[],
  labels: readonly string[],
  title = "Confusion matrix",
): Chart {
  if (counts.length !== labels.length || counts.some((row) => row.length !== labels.length))
    throw new LabError(
      `The confusion matrix is not ${labels.length} × ${labels.length}.`,
      "Give counts[label][decision] over the labels.",
    );
  const supports = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const shares = counts.map((row, i) => row.map((count) => (supports[i]! > 0 ? count / supports[i]! : 0)));
  const rows = labels.map((label, i) => `${label} (${supports[i]})`);
  const right = counts.reduce((sum, row, i) => sum + row[i]!, 0);
  const total = supports.reduce((sum, support) => sum + support, 0);
  return {
    title,
    description: `Heatmap of decisions by label, in percent of each label's clips; ${right} of ${total} clips are right.`,
    x: { title: "decision (percent of each label's clips)", kind: "category", domain: labels },
    y: { title: "label (clips)", kind: "category", domain: rows },
    series: [
      {
        mark: "heatmap",
        name: "",
        x: labels,
        y: rows,
        values: shares,
        text: shares.map((row, i) => row.map((share, j) => shareText(share, counts[i]![j]!))),
        valueTitle: "share of the label's clips",
        valueDomain: [0, 1],
        valueFormat: "percent",
      },
    ],
    width: 700,
    height: 480,
  };
}

/** Whole percent; nothing where no clip is, so that the confusions stand out. */
function shareText(share: number, count: number): string {
  if (count === 0) return "";
  return share < 0.005 ? "<1" : String(Math.round(100 * share));
}

export interface HeatmapOptions {
  readonly title: string;
  readonly description?: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly valueTitle: string;
  readonly valueFormat?: "number" | "percent";
  readonly valueDomain?: readonly [number, number];
  readonly colors?: "blues" | "magma" | "diverging";
}

/** A table of numbers as a heatmap with the numbers in its cells: values[row][column], rows from top to bottom. */
export function heatmap(
  values: readonly (readonly number[])[],
  rows: readonly string[],
  columns: readonly string[],
  options: HeatmapOptions,
): Chart {
  const { title, description, xTitle, yTitle, ...look } = options;
  const largest = values.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // Three digits of the largest value, and as many decimals everywhere.
  const decimals = largest > 0 ? Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(largest)))) : 0;
  const write = (value: number): string =>
    options.valueFormat === "percent" ? percentSign(value) : withoutMinusZero(value.toFixed(decimals));
  return {
    title,
    description: description ?? `Heatmap of ${options.valueTitle}, ${yTitle} by ${xTitle}.`,
    x: { title: xTitle, kind: "category", domain: columns },
    y: { title: yTitle, kind: "category", domain: rows },
    series: [
      {
        mark: "heatmap",
        name: "",
        x: columns,
        y: rows,
        values,
        text: values.map((row) => row.map(write)),
        ...look,
      },
    ],
    height: Math.min(620, 130 + 40 * rows.length),
  };
}

/** "-0.00" says nothing that "0.00" does not. */
function withoutMinusZero(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}
