import { percentSign } from "../core/percent.js";
import type { Chart, Reference } from "./chart.js";

/** A value with its interval, under a category and, where several are compared in it, a series. */
export interface IntervalRow {
  readonly name: string;
  readonly value: number;
  /** The interval's ends; null where there is none. */
  readonly interval: readonly [number, number] | null;
  readonly series?: string;
}

export interface IntervalOptions {
  readonly title: string;
  readonly description?: string;
  /** What the names are, and what the values are: "corpus", "UAR". */
  readonly nameTitle: string;
  readonly valueTitle: string;
  /** Percent where absent. */
  readonly format?: "number" | "percent";
  /** The value axis; from 0 for bars, around the intervals for dots where absent. */
  readonly domain?: readonly [number, number];
  readonly references?: readonly Reference[];
}

/** Bars from zero with 95% interval whiskers, side by side for several series. */
export function barsWithIntervals(rows: readonly IntervalRow[], options: IntervalOptions): Chart {
  return intervalChart("bar", rows, options);
}

/** A dot and its interval a row, names down the side: for many groups, such as speakers, and for long names. */
export function dotsWithIntervals(rows: readonly IntervalRow[], options: IntervalOptions): Chart {
  return intervalChart("point", rows, options);
}

function intervalChart(mark: "bar" | "point", rows: readonly IntervalRow[], options: IntervalOptions): Chart {
  const { title, nameTitle, valueTitle, format = "percent", domain, references = [] } = options;
  const names = [...new Set(rows.map(({ name }) => name))];
  const seriesNames = [...new Set(rows.map(({ series }) => series ?? ""))];
  const series = seriesNames.map((seriesName) => {
    const own = rows.filter((row) => (row.series ?? "") === seriesName);
    // One row without an interval leaves the whole series without whiskers unless its value stands for both ends.
    const some = own.some(({ interval }) => interval !== null);
    return {
      mark,
      name: seriesName,
      x: own.map(({ name }) => name),
      y: own.map(({ value }) => value),
      ...(some
        ? {
            low: own.map(({ interval, value }) => interval?.[0] ?? value),
            high: own.map(({ interval, value }) => interval?.[1] ?? value),
          }
        : {}),
    };
  });
  const perName = 18 + 8 * seriesNames.length;
  return {
    title,
    description:
      options.description ??
      `${valueTitle}${nameTitle === "" ? "" : ` by ${nameTitle}`}, with intervals: ${summary(rows, format)}.`,
    x: { title: nameTitle, kind: "category", domain: names },
    y: { title: valueTitle, kind: "number", format, domain: domain ?? valueDomain(mark, rows, references) },
    series,
    references,
    ...(mark === "point" ? { horizontal: true, height: 120 + perName * names.length } : { height: 380 }),
  };
}

function valueDomain(
  mark: "bar" | "point",
  rows: readonly IntervalRow[],
  references: readonly Reference[],
): [number, number] {
  const marked = references.filter(({ axis }) => axis === "y").map(({ value }) => value);
  const ends = [...rows.flatMap(({ value, interval }) => [value, ...(interval ?? [])]), ...marked];
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const margin = 0.06 * (high - low || Math.abs(high) || 1);
  if (mark === "bar") return [Math.min(0, low), high + margin];
  return [low - margin, high + margin];
}

function summary(rows: readonly IntervalRow[], format: "number" | "percent"): string {
  const write = (value: number): string =>
    format === "percent" ? percentSign(value) : String(Number(value.toPrecision(3)));
  const told = rows
    .slice(0, 12)
    .map(({ name, series, value }) => `${series ? `${series}, ` : ""}${name} ${write(value)}`);
  return told.join("; ") + (rows.length > told.length ? `; and ${rows.length - told.length} more` : "");
}
