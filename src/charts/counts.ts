import { LabError } from "../core/errors.js";
import type { Chart } from "./chart.js";

/** How many there are of a name, within a series: clips of an emotion within a corpus. */
export interface CountRow {
  readonly name: string;
  readonly series: string;
  readonly count: number;
}

export interface CountOptions {
  readonly title: string;
  readonly description?: string;
  readonly nameTitle: string;
  /** "clips" where absent. */
  readonly countTitle?: string;
  /** On each other (true where absent) or beside each other. */
  readonly stacked?: boolean;
}

/** Counts of names as bars, split by series. Names and series come in the order of the rows. */
export function countsByGroup(rows: readonly CountRow[], options: CountOptions): Chart {
  const { title, nameTitle, countTitle = "clips", stacked = true } = options;
  const names = [...new Set(rows.map(({ name }) => name))];
  const seriesNames = [...new Set(rows.map(({ series }) => series))];
  const total = rows.reduce((sum, { count }) => sum + count, 0);
  return {
    title,
    description:
      options.description ??
      `Bars of ${countTitle} by ${nameTitle}, split by ${seriesNames.join(", ")}; ${total} in all.`,
    x: { title: nameTitle, kind: "category", domain: names },
    y: { title: countTitle, kind: "number" },
    stacked,
    series: seriesNames.map((series) => {
      const own = rows.filter((row) => row.series === series);
      return { mark: "bar", name: series, x: own.map(({ name }) => name), y: own.map(({ count }) => count) };
    }),
    height: 380,
  };
}

export interface HistogramOptions {
  readonly title: string;
  readonly description?: string;
  readonly valueTitle: string;
  readonly countTitle?: string;
  /** 40 where absent. */
  readonly bins?: number;
  /** The values' range where absent; what lies outside counts in the first and last bin. */
  readonly domain?: readonly [number, number];
}

/** How values spread: counts in bins of equal width, stacked for several series. Throws LabError for no values. */
export function histogram(
  values: Readonly<Record<string, ArrayLike<number>>>,
  options: HistogramOptions,
): Chart {
  const { title, valueTitle, countTitle = "clips", bins = 40 } = options;
  const [low, high] = options.domain ?? rangeOf(values, title);
  const width = (high - low) / bins || 1;
  const centres = Array.from({ length: bins }, (_, i) => low + (i + 0.5) * width);
  return {
    title,
    description: options.description ?? `Histogram of ${valueTitle} for ${Object.keys(values).join(", ")}.`,
    x: { title: valueTitle, kind: "number", domain: [low, low + bins * width] },
    y: { title: countTitle, kind: "number" },
    stacked: true,
    series: Object.entries(values).map(([name, own]) => {
      const counts = new Array<number>(bins).fill(0);
      for (let i = 0; i < own.length; i++)
        counts[Math.min(bins - 1, Math.max(0, Math.floor((own[i]! - low) / width)))]! += 1;
      return { mark: "bar", name, x: centres, y: counts };
    }),
    height: 360,
  };
}

function rangeOf(values: Readonly<Record<string, ArrayLike<number>>>, title: string): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const own of Object.values(values))
    for (let i = 0; i < own.length; i++) [low, high] = [Math.min(low, own[i]!), Math.max(high, own[i]!)];
  if (!Number.isFinite(low) || !Number.isFinite(high))
    throw new LabError(`The histogram "${title}" has no finite values.`, "Give at least one number.");
  return [low, high];
}
