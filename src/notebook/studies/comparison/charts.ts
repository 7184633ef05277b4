import type { Chart } from "../../../charts/chart.js";
import { dotsWithIntervals, type IntervalRow } from "../../../charts/intervals.js";
import { percentSign } from "../../../core/percent.js";
import { isOnCard } from "../../../training/run-metrics.js";
import type { ComparedRow, Comparison, RankedProtocol, RowStudy } from "./comparison.js";

/** Rows that are run on a protocol, the best first. */
export function rankedRows(comparison: Pick<Comparison, "rows">, protocol: RankedProtocol): ComparedRow[] {
  const value = ({ results }: ComparedRow): number => {
    const result = results[protocol];
    return result.state === "run" ? result.figure.value : Number.NEGATIVE_INFINITY;
  };
  return comparison.rows
    .filter((row) => row.results[protocol].state === "run")
    .sort((a, b) => value(b) - value(a));
}

/** What is said beyond their figure of the rows of these names, in their order. */
export function studiesOf({ studies }: Pick<Comparison, "studies">, names: readonly string[]): RowStudy[] {
  return names.flatMap((name) => studies.filter(({ row }) => row === name));
}

/** What the ranking draws: the headline, the same metric of the same corpus on known voices, and what papers quote. */
const rankedSeries: readonly {
  readonly name: string;
  readonly protocol: RankedProtocol;
  readonly figure: "figure" | "uar";
}[] = [
  { name: "new voices (UAR, CREMA-D)", protocol: "speaker-independent", figure: "figure" },
  { name: "known voices (UAR, CREMA-D)", protocol: "combined", figure: "uar" },
  { name: "known voices (accuracy, all)", protocol: "combined", figure: "figure" },
];

/** Every row that is run, ranked by new voices, with intervals on both protocols; the listeners of CREMA-D are a line. */
export function rankingChart(comparison: Comparison): Chart {
  const names = [
    ...rankedRows(comparison, "speaker-independent"),
    ...rankedRows(comparison, "combined").filter(
      ({ results }) => results["speaker-independent"].state !== "run",
    ),
  ];
  const dots = rankedSeries.flatMap(({ name: series, protocol, figure }) =>
    names.flatMap(({ name, results }): IntervalRow[] => {
      const result = results[protocol];
      if (result.state !== "run") return [];
      const { value, clip } = result[figure];
      return [{ name, value, interval: clip, series }];
    }),
  );
  return dotsWithIntervals(dots, {
    title: "How well each row tells emotions, with 95% intervals by clip",
    nameTitle: "row",
    valueTitle: "share",
    references: [
      { axis: "y", value: comparison.listeners.uar, label: "plurality of listeners, voice alone (UAR)" },
    ],
  });
}

/** What a row costs, each with the axis that it is drawn on. */
export const costTitles = {
  parameters: "parameters",
  seconds: "seconds of training on a processor",
  latencyMilliseconds: "milliseconds for the answer to 3 s of sound",
} as const;

/**
 * What new voices cost: UAR against parameters, training or the time of an answer, on a logarithmic axis. Each point has its
 * row's name; intervals, which would hide the names, stand in the ranking. Baselines are left out: what little is fitted in
 * them says nothing of what they cost.
 */
export function costChart(comparison: Comparison, cost: keyof typeof costTitles): Chart {
  const points = rankedRows(comparison, "speaker-independent").flatMap(({ name, kind, results }) => {
    const result = results["speaker-independent"];
    if (result.state !== "run") return [];
    // Seconds on a graphics card are no neighbours of seconds on a processor.
    const amount = cost === "seconds" && isOnCard(result.device) ? null : result[cost];
    return amount !== null && amount > 0 && kind !== "baseline" ? [{ name, kind, result, amount }] : [];
  });
  const title = costTitles[cost];
  return {
    title: `UAR on new voices against ${title}`,
    description: `UAR on CREMA-D's new voices against ${title}: ${points.map(({ name, result, amount }) => `${name} ${percentSign(result.figure.value)} at ${amount}`).join("; ")}.`,
    x: { title, kind: "log" },
    y: { title: "UAR", kind: "number", format: "percent" },
    width: 860,
    height: 520,
    series: (["ensemble", "network"] as const).flatMap((kind) => {
      const own = points.filter((point) => point.kind === kind);
      if (own.length === 0) return [];
      const [x, y] = [own.map(({ amount }) => amount), own.map(({ result }) => result.figure.value)];
      const labels = joinedLabels(
        own.map(({ name }) => name),
        x,
        y,
      );
      return [{ mark: "point" as const, name: kind, x, y, labels }];
    }),
  };
}

/** One label for points that lie on each other: the first bears the names of all, the others none. */
function joinedLabels(names: readonly string[], x: readonly number[], y: readonly number[]): string[] {
  const isOn = (i: number, k: number): boolean =>
    Math.abs(Math.log(x[i]! / x[k]!)) < 0.1 && Math.abs(y[i]! - y[k]!) < 0.008;
  const firsts = names.map((_, i) => names.findIndex((_, k) => isOn(i, k)));
  return names.map((_, i) => names.filter((_, k) => firsts[k] === i).join(", "));
}

/** Accuracy against the share of clips that are answered, the surest first; a line a row. */
export function selectiveChart(comparison: Comparison, names: readonly string[]): Chart {
  const own = studiesOf(comparison, names);
  return {
    title: "Answering only what is sure: accuracy against coverage",
    description: `Accuracy on new voices of CREMA-D against the share of clips that are answered, for ${own.map(({ row }) => row).join(", ")}.`,
    x: { title: "share of clips answered", kind: "number", format: "percent", domain: [0, 1] },
    y: { title: "accuracy", kind: "number", format: "percent" },
    series: own.map(({ row, selective }) => ({
      mark: "line" as const,
      name: row,
      x: selective.map(({ coverage }) => coverage),
      y: selective.map(({ accuracy }) => accuracy),
    })),
  };
}
