import type { Axis, BarSeries, BoxSeries, Chart, LineSeries, PointSeries, Series } from "./chart.js";
import { halfStep } from "./check-chart.js";
import { barOpacity, colorOfSeries, inks } from "./palette.js";
import { heatmapLayers } from "./vega-heatmap.js";

/** A vega-lite layer; `color: "series"` stands for the shared colour scale. */
export interface Layer {
  readonly data: { readonly name: string };
  readonly mark: Record<string, unknown>;
  readonly encoding: Record<string, unknown>;
}

/** Names and colours of the series, and which of them the legend says. */
export interface ColorKey {
  readonly names: readonly string[];
  readonly colors: readonly string[];
  readonly named: readonly string[];
}

type Row = Record<string, unknown>;
type AxisEncoder = (axis: Axis, upright: boolean, isMatrix: boolean) => Record<string, unknown>;

/** The layers of a prepared chart from back to front, and the rows that they draw. */
export function vegaLayers(chart: Chart, encodeAxis: AxisEncoder) {
  const datasets: Record<string, Row[]> = {};
  const layers: Layer[] = [];
  // An unnamed series still needs a key for its colour.
  const keyOf = (series: Series): string => series.name || ` ${chart.series.indexOf(series)}`;
  const of = <M extends Series["mark"]>(mark: M) =>
    chart.series.filter((series): series is Extract<Series, { mark: M }> => series.mark === mark);
  const context: Context = { chart, encodeAxis, keyOf, place: placeEncoder(chart, encodeAxis) };
  const add = (name: string, rows: Row[], drawn: readonly Omit<Layer, "data">[]): void => {
    if (rows.length === 0) return;
    datasets[name] = rows;
    for (const layer of drawn) layers.push({ data: { name }, ...layer });
  };
  of("heatmap").forEach((series, k) => {
    const { rows, drawn } = heatmapLayers(series, chart, encodeAxis);
    add(`heatmap${k}`, rows, drawn);
  });
  add("bars", barRows(of("bar"), chart.stacked ?? false, keyOf), barLayers(of("bar"), context));
  add("boxes", boxRows(of("box"), keyOf), boxLayers(of("box"), context));
  add("lines", pointRows(of("line"), keyOf), lineLayers(of("line"), context));
  add("points", pointRows(of("point"), keyOf), pointLayers(of("point"), context));
  for (const axis of ["x", "y"] as const) {
    const rows = (chart.references ?? []).filter((reference) => reference.axis === axis);
    add(`references-${axis}`, [...rows.map((row) => ({ ...row }))], referenceLayers(axis, context));
  }
  const plain = chart.series.filter(({ mark }) => mark !== "heatmap");
  const key: ColorKey = {
    names: plain.map(keyOf),
    colors: plain.map((series) => colorOfSeries(series, chart.series.indexOf(series))),
    named: plain.map(({ name }) => name).filter((name) => name !== ""),
  };
  return { layers, datasets, key };
}

interface Context {
  readonly chart: Chart;
  readonly encodeAxis: AxisEncoder;
  readonly keyOf: (series: Series) => string;
  /** Channels of a position: categories or numbers along the chart's x, values along its y, turned when horizontal. */
  readonly place: (fields: { x?: string; x2?: string; y?: string; y2?: string; offset?: boolean }) => Row;
}

function placeEncoder(chart: Chart, encodeAxis: AxisEncoder): Context["place"] {
  const [along, across] = chart.horizontal ? (["y", "x"] as const) : (["x", "y"] as const);
  return ({ x, x2, y, y2, offset }) => ({
    ...(x === undefined ? {} : { [along]: { field: x, ...encodeAxis(chart.x, along === "y", false) } }),
    ...(x2 === undefined ? {} : { [`${along}2`]: { field: x2 } }),
    ...(y === undefined ? {} : { [across]: { field: y, ...encodeAxis(chart.y, across === "y", false) } }),
    ...(y2 === undefined ? {} : { [`${across}2`]: { field: y2 } }),
    ...(offset ? { [`${along}Offset`]: { field: "series", type: "nominal", sort: null } } : {}),
  });
}

function pointRows(series: readonly (LineSeries | PointSeries)[], keyOf: Context["keyOf"]): Row[] {
  return series.flatMap((one) =>
    one.x.map((x, i): Row => {
      const row: Row = { series: keyOf(one), i, x, y: one.y[i] };
      if (one.low !== undefined) Object.assign(row, { low: one.low[i], high: one.high![i] });
      if (one.mark === "line") row.dashed = one.dashed ?? false;
      if (one.mark === "point" && one.labels !== undefined) row.label = one.labels[i];
      return row;
    }),
  );
}

/** Bars reach from `base` to `top`: stacked here, as vega-lite does not stack bars between two numbers of x. */
function barRows(series: readonly BarSeries[], stacked: boolean, keyOf: Context["keyOf"]): Row[] {
  const heights = new Map<string | number, number>();
  return series.flatMap((one) => {
    const half = typeof one.x[0] === "number" ? halfStep(one.x as number[]) : null;
    return one.x.map((x, i): Row => {
      const base = stacked ? (heights.get(x) ?? 0) : 0;
      heights.set(x, base + one.y[i]!);
      const row: Row = { series: keyOf(one), x, y: one.y[i], base, top: base + one.y[i]! };
      if (one.low !== undefined) Object.assign(row, { low: one.low[i], high: one.high![i] });
      if (half !== null) Object.assign(row, { left: (x as number) - half, right: (x as number) + half });
      return row;
    });
  });
}

function barLayers(series: readonly BarSeries[], { chart, place }: Context): Omit<Layer, "data">[] {
  if (series.length === 0) return [];
  const isCategory = chart.x.kind === "category";
  const hasIntervals = series.some(({ low }) => low !== undefined);
  const offset = series.length > 1 && !chart.stacked && isCategory;
  const along = isCategory ? { x: "x", offset } : { x: "left", x2: "right" };
  const position = place({ ...along, y: "top", y2: "base" });
  const across = chart.horizontal ? "x" : "y";
  const bars = {
    mark: {
      type: "bar",
      ...(isCategory ? {} : { stroke: inks.paper, strokeWidth: 0.5 }),
      ...(hasIntervals ? { fillOpacity: barOpacity } : {}),
    },
    encoding: { ...position, [across]: { ...(position[across] as Row), stack: null }, color: "series" },
  };
  return hasIntervals ? [bars, ...whiskerLayers(place, offset, { value: inks.text })] : [bars];
}

/** An interval as a line with a cap at each end. */
function whiskerLayers(place: Context["place"], offset: boolean, color: unknown): Omit<Layer, "data">[] {
  const cap = (y: string) => ({
    mark: { type: "tick", thickness: 1.4, size: 7, opacity: 1 },
    encoding: { ...place({ x: "x", y, offset }), color },
  });
  const stem = {
    mark: { type: "rule", strokeWidth: 1.4 },
    encoding: { ...place({ x: "x", y: "low", y2: "high", offset }), color },
  };
  return [stem, cap("low"), cap("high")];
}

function lineLayers(series: readonly LineSeries[], { place }: Context): Omit<Layer, "data">[] {
  // Without an order vega-lite sorts by x, which undoes a waveform's up and down.
  const order = { order: { field: "i", type: "quantitative" } };
  const isLong = series.some(({ x }) => x.length > 400);
  const line = {
    mark: { type: "line", strokeWidth: isLong ? 0.8 : 2, clip: true, strokeJoin: "round" },
    encoding: {
      ...place({ x: "x", y: "y" }),
      color: "series",
      ...order,
      strokeDash: { condition: { test: "datum.dashed", value: [5, 4] }, value: [1, 0] },
      detail: { field: "series" },
    },
  };
  if (!series.some(({ low }) => low !== undefined)) return [line];
  const band = {
    mark: { type: "area", opacity: 0.18, line: false, clip: true },
    encoding: { ...place({ x: "x", y: "low", y2: "high" }), color: "series" },
  };
  return [band, line];
}

function pointLayers(series: readonly PointSeries[], { chart, place }: Context): Omit<Layer, "data">[] {
  const offset = series.length > 1 && chart.x.kind === "category";
  const point = {
    mark: { type: "point", filled: true, size: 70, opacity: 1 },
    encoding: { ...place({ x: "x", y: "y", offset }), color: "series" },
  };
  const drawn: Omit<Layer, "data">[] = [];
  if (series.some(({ low }) => low !== undefined)) drawn.push(...whiskerLayers(place, offset, "series"));
  drawn.push(point);
  if (series.some(({ labels }) => labels !== undefined))
    drawn.push({
      mark: { type: "text", dy: -11, fontSize: 11, color: inks.text },
      encoding: { ...place({ x: "x", y: "y", offset }), text: { field: "label" } },
    });
  return drawn;
}

function boxRows(series: readonly BoxSeries[], keyOf: Context["keyOf"]): Row[] {
  return series.flatMap((one) =>
    one.groups.map((group, i) => ({ series: keyOf(one), x: group, ...one.quantiles[i]! })),
  );
}

function boxLayers(series: readonly BoxSeries[], { chart, place }: Context): Omit<Layer, "data">[] {
  const offset = series.length > 1;
  const boxes = Math.max(1, ...series.map(({ groups }) => groups.length)) * series.length;
  const room = (chart.horizontal ? (chart.height ?? 400) - 120 : (chart.width ?? 720) - 100) / boxes;
  const size = Math.round(Math.min(40, Math.max(6, 0.55 * room)));
  const stem = (y: string, y2: string) => ({
    mark: { type: "rule", strokeWidth: 1.6 },
    encoding: { ...place({ x: "x", y, y2, offset }), color: "series" },
  });
  return [
    stem("low", "q1"),
    stem("q3", "high"),
    {
      mark: { type: "bar", size, opacity: 0.4 },
      encoding: { ...place({ x: "x", y: "q1", y2: "q3", offset }), color: "series" },
    },
    {
      mark: { type: "tick", thickness: 2.6, size, opacity: 1 },
      encoding: { ...place({ x: "x", y: "median", offset }), color: "series" },
    },
  ];
}

function referenceLayers(axis: "x" | "y", { chart, place }: Context): Omit<Layer, "data">[] {
  const upright = (axis === "x") !== (chart.horizontal ?? false);
  const position = place(axis === "x" ? { x: "value" } : { y: "value" });
  // Upright lines are labelled above the plot, level ones inside it on the right, with a halo over what is there.
  const end = upright ? { y: { value: 0 } } : { x: { value: "width" } };
  const text = upright
    ? { type: "text", align: "center", baseline: "bottom", dy: -3 }
    : { type: "text", align: "right", baseline: "bottom", dx: -2, dy: -3 };
  const label = (look: Row) => ({
    mark: { ...text, fontSize: 11, ...look },
    encoding: { ...position, ...end, text: { field: "label" } },
  });
  return [
    { mark: { type: "rule", strokeDash: [2, 3], color: inks.faint, strokeWidth: 1.2 }, encoding: position },
    label({ color: inks.paper, stroke: inks.paper, strokeWidth: 4, strokeJoin: "round" }),
    label({ color: inks.text }),
  ];
}
