import { percentSign } from "../core/percent.js";
import type { Chart, LineSeries, PointSeries } from "./chart.js";
import { barsWithIntervals } from "./intervals.js";
import { colorAt, inks, seriesColors } from "./palette.js";

/** A trial of a search, as its charts see it. */
export interface ChartedTrial {
  readonly number: number;
  /** What it reached: its score, or when it was pruned the best score up to there. */
  readonly score: number;
  readonly isPruned: boolean;
}

/** A setting and the trials' places in its range: 0 at its low end, 1 at its high end. */
export interface ChartedSetting {
  readonly name: string;
  readonly low: string;
  readonly high: string;
  /** One a trial, in the trials' order. */
  readonly places: readonly number[];
}

const [wholeColor, bestColor] = seriesColors as [string, string];

/** What each trial of a search reached, in their order, and the best so far. */
export function searchHistory(trials: readonly ChartedTrial[], title: string): Chart {
  const whole = trials.filter(({ isPruned }) => !isPruned);
  const points = (name: string, color: string, some: readonly ChartedTrial[]): PointSeries => ({
    mark: "point",
    name,
    color,
    x: some.map(({ number }) => number),
    y: some.map(({ score }) => score),
  });
  const best: LineSeries = {
    mark: "line",
    name: "best so far",
    color: bestColor,
    x: whole.map(({ number }) => number),
    y: whole.map((_, i) => Math.max(...whole.slice(0, i + 1).map(({ score }) => score))),
  };
  const pruned = trials.length - whole.length;
  const found = whole.length === 0 ? "" : ` The best reached ${percentSign(best.y.at(-1)!)}.`;
  return {
    title,
    description: `${trials.length} trials of a search by their score on validation, ${pruned} of them pruned.${found}`,
    x: { title: "trial", kind: "number", ticks: trialTicks(trials) },
    y: { title: "score on validation", kind: "number", format: "percent" },
    series: [
      best,
      points("complete", wholeColor, whole),
      points(
        "pruned, where it stopped",
        inks.line,
        trials.filter(({ isPruned }) => isPruned),
      ),
    ].filter((series) => series.x.length > 0),
    height: 340,
  };
}

/** A label for at most ten of the trials. */
function trialTicks(trials: readonly ChartedTrial[]): { value: number; label: string }[] {
  const step = Math.ceil(trials.length / 10);
  return trials
    .filter((_, i) => i % step === 0)
    .map(({ number }) => ({ value: number, label: String(number) }));
}

/** How much of the scores' variance each setting explains, the largest share first. */
export function settingImportance(
  shares: readonly { readonly setting: string; readonly share: number }[],
  title: string,
): Chart {
  const rows = shares.map(({ setting, share }) => ({ name: setting, value: share, interval: null }));
  const bars = barsWithIntervals(rows, { title, nameTitle: "setting", valueTitle: "share of the variance" });
  return { ...bars, x: { ...bars.x, title: "" }, horizontal: true, height: 120 + 26 * rows.length };
}

/**
 * Parallel coordinates, from top to bottom: a row a setting and one for the score, a line a trial through its places in
 * all of them, the darker the better; the best complete one stands out.
 */
export function parallelSettings(
  trials: readonly ChartedTrial[],
  settings: readonly ChartedSetting[],
  title: string,
): Chart {
  const scores = trials.map(({ score }) => score);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const place = (score: number): number => (high > low ? (score - low) / (high - low) : 0.5);
  const rows = [
    ...settings,
    { name: "score", low: percentSign(low), high: percentSign(high), places: scores.map(place) },
  ];
  const ascending = trials.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const best = ascending.findLast((trial) => !trials[trial]!.isPruned);
  const order = [...ascending.filter((trial) => trial !== best), ...(best === undefined ? [] : [best])];
  const ranges = rows.map((row) => `${row.name} from ${row.low} to ${row.high}`).join(", ");
  return {
    title,
    description: `${trials.length} trials as lines through their settings: ${ranges}.`,
    x: {
      title: "place in its range",
      kind: "number",
      domain: [-0.03, 1.03],
      ticks: [
        { value: 0, label: "low" },
        { value: 0.5, label: "middle" },
        { value: 1, label: "high" },
      ],
    },
    y: {
      title: "",
      kind: "number",
      domain: [0.4 - rows.length, 0.4],
      ticks: rows.map((row, i) => ({ value: -i, label: `${row.name} ${row.low} – ${row.high}` })),
    },
    series: order.map((trial): LineSeries => {
      const isBest = trial === best;
      return {
        mark: "line",
        name: isBest ? `trial ${trials[trial]!.number}, the best` : "",
        color: isBest ? bestColor : colorAt("blues", 0.25 + 0.6 * place(scores[trial]!)),
        x: rows.map(({ places }) => places[trial]!),
        y: rows.map((_, i) => -i),
      };
    }),
    height: 110 + 34 * rows.length,
  };
}
