import { LabError } from "../core/errors.js";
import { shownLines } from "../core/shown-text.js";
import type { Chart, Series } from "./chart.js";
import { mapTexts } from "./map-texts.js";

/** A number with four significant digits: what a picture can show, and a third of the bytes. */
export function roundForPicture(value: number): number {
  return Number(value.toPrecision(4));
}

/**
 * The chart that both renderers draw: the same with every number rounded to four significant digits, and without
 * characters that XML does not know or that turn the direction of writing. Throws
 * LabError naming chart and series when lengths differ or a number is not finite: a gap must be left out, not drawn
 * as something else.
 */
export function prepareChart(chart: Chart): Chart {
  if (chart.series.length === 0)
    throw new LabError(`The chart "${chart.title}" has no series.`, "Give it at least one.");
  const series = chart.series.map((series, place) => prepareSeries(series, chart.title, place));
  return mapTexts({ ...chart, series }, shownLines);
}

function prepareSeries(series: Series, title: string, place: number): Series {
  const where = `The chart "${title}", series ${place + 1}${series.name === "" ? "" : ` (${series.name})`}`;
  const numbers = <T extends string | number>(values: readonly T[], what: string): T[] =>
    values.map((value, i) => {
      if (typeof value === "string") return value;
      if (!Number.isFinite(value))
        throw new LabError(`${where}: ${what}[${i}] is ${value}.`, "Leave out what has no value.");
      return roundForPicture(value) as T;
    });
  const sameLength = (length: number, wanted: number, what: string): void => {
    if (length !== wanted)
      throw new LabError(`${where}: ${what} has ${length} values instead of ${wanted}.`, "Give one a mark.");
  };
  switch (series.mark) {
    case "line":
    case "bar":
    case "point": {
      const { x, y, low, high } = series;
      sameLength(y.length, x.length, "y");
      if ((low === undefined) !== (high === undefined))
        throw new LabError(`${where}: low and high go together.`, "Give both or none.");
      if (low !== undefined) sameLength(low.length, x.length, "low");
      if (high !== undefined) sameLength(high.length, x.length, "high");
      if (series.mark === "point" && series.labels !== undefined)
        sameLength(series.labels.length, x.length, "labels");
      const interval =
        low === undefined || high === undefined
          ? {}
          : { low: numbers(low, "low"), high: numbers(high, "high") };
      const points = { y: numbers(y, "y"), ...interval };
      return series.mark === "line"
        ? { ...series, x: numbers(series.x, "x"), ...points }
        : { ...series, x: numbers(series.x, "x"), ...points };
    }
    case "heatmap":
      sameLength(series.values.length, series.y.length, "values");
      for (const row of series.values) sameLength(row.length, series.x.length, "a row of values");
      return {
        ...series,
        x: numbers(series.x, "x"),
        y: numbers(series.y, "y"),
        values: series.values.map((row, i) => numbers(row, `values[${i}]`)),
      };
    case "box":
      sameLength(series.quantiles.length, series.groups.length, "quantiles");
      return {
        ...series,
        quantiles: series.quantiles.map(({ low, q1, median, q3, high, n }, i) => {
          const five = numbers([low, q1, median, q3, high], `quantiles[${i}]`);
          return { low: five[0]!, q1: five[1]!, median: five[2]!, q3: five[3]!, high: five[4]!, n };
        }),
      };
  }
}

/** Half the distance between neighbouring marks of a numeric axis: how far a bar or cell reaches to each side. */
export function halfStep(places: readonly number[]): number {
  const sorted = [...new Set(places)].sort((a, b) => a - b);
  let step = Number.POSITIVE_INFINITY;
  for (let i = 1; i < sorted.length; i++) step = Math.min(step, sorted[i]! - sorted[i - 1]!);
  return Number.isFinite(step) ? step / 2 : 0.5;
}
