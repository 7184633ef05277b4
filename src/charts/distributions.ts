import { LabError } from "../core/errors.js";
import type { BoxSeries, Chart } from "./chart.js";

/** Values of one group, such as an emotion, and, where groups are split further, a series, such as a sex. */
export interface ValueGroup {
  readonly group: string;
  readonly values: ArrayLike<number>;
  readonly series?: string;
}

export interface DistributionOptions {
  readonly title: string;
  readonly description?: string;
  readonly groupTitle: string;
  readonly valueTitle: string;
  readonly kind?: "number" | "log";
}

/**
 * Distributions beside each other: a box a group from the lower to the upper quartile with the median in it,
 * whiskers to the 5th and 95th percentile. Throws LabError for a group without values or one that is not finite.
 */
export function distribution(groups: readonly ValueGroup[], options: DistributionOptions): Chart {
  const seriesNames = [...new Set(groups.map(({ series }) => series ?? ""))];
  const series = seriesNames.map((name): BoxSeries => {
    const own = groups.filter((group) => (group.series ?? "") === name);
    return {
      mark: "box",
      name,
      groups: own.map(({ group }) => group),
      quantiles: own.map(({ group, values }) => quantiles(values, group)),
    };
  });
  return {
    title: options.title,
    description:
      options.description ??
      `${options.valueTitle} by ${options.groupTitle}: boxes of the quartiles, whiskers from 5% to 95%.`,
    x: {
      title: options.groupTitle,
      kind: "category",
      domain: [...new Set(groups.map(({ group }) => group))],
    },
    y: { title: options.valueTitle, kind: options.kind ?? "number" },
    series,
    height: 380,
  };
}

function quantiles(values: ArrayLike<number>, group: string): BoxSeries["quantiles"][number] {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) throw new LabError(`The group "${group}" has no values.`, "Leave it out.");
  if (!sorted.every(Number.isFinite))
    throw new LabError(`The group "${group}" holds a value that is no number.`, "Leave such values out.");
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below]! + (sorted[above]! - sorted[below]!) * (place - below);
  };
  return { low: at(0.05), q1: at(0.25), median: at(0.5), q3: at(0.75), high: at(0.95), n: sorted.length };
}
