import type { BarSeries, BoxSeries, Chart, HeatmapSeries, LineSeries, PointSeries } from "./chart.js";
import { halfStep } from "./check-chart.js";
import { barOpacity, colorOfSeries, colorScales, inks, overlayColor, overlayOpacity } from "./palette.js";

type Trace = Record<string, unknown>;

/** The traces of a prepared chart, one a series, and one more for each band. */
export function plotlyTraces(chart: Chart): Trace[] {
  const horizontal = chart.horizontal ?? false;
  return chart.series.flatMap((series, place): Trace[] => {
    const color = colorOfSeries(series, place);
    if (series.mark === "line") return lineTraces(series, color);
    if (series.mark === "bar") return [barTrace(series, color, chart)];
    if (series.mark === "point") return [pointTrace(series, color, horizontal)];
    if (series.mark === "box") return [boxTrace(series, color, horizontal)];
    return [heatmapTrace(series)];
  });
}

function lineTraces(series: LineSeries, color: string): Trace[] {
  const { name, x, y, low, high } = series;
  const line: Trace = {
    type: "scatter",
    mode: "lines",
    name,
    x: packed(x),
    y: packed(y),
    line: { color, width: x.length > 400 ? 1 : 2, dash: series.dashed ? "dash" : "solid" },
    showlegend: name !== "",
    legendgroup: name,
  };
  if (low === undefined || high === undefined) return [line];
  // One closed outline: there along the upper edge, back along the lower one.
  const band: Trace = {
    type: "scatter",
    mode: "lines",
    x: packed([...x, ...[...x].reverse()]),
    y: packed([...high, ...[...low].reverse()]),
    fill: "toself",
    fillcolor: withOpacity(color, 0.18),
    line: { width: 0 },
    hoverinfo: "skip",
    showlegend: false,
    legendgroup: name,
  };
  return [band, line];
}

/** Plotly takes an interval as distances from the value. */
function whiskers(series: BarSeries | PointSeries, horizontal: boolean, color: string): Trace {
  const { y, low, high } = series;
  if (low === undefined || high === undefined) return {};
  const bar = {
    type: "data",
    symmetric: false,
    array: high.map((value, i) => rounded(value - y[i]!)),
    arrayminus: low.map((value, i) => rounded(y[i]! - value)),
    color,
    thickness: 1.4,
    width: 5,
  };
  return horizontal ? { error_x: bar } : { error_y: bar };
}

function barTrace(series: BarSeries, color: string, chart: Chart): Trace {
  const horizontal = chart.horizontal ?? false;
  const width = chart.x.kind === "category" ? {} : { width: 2 * halfStep(series.x as number[]) };
  return {
    type: "bar",
    name: series.name,
    ...(horizontal ? { x: series.y, y: series.x, orientation: "h" } : { x: series.x, y: series.y }),
    ...width,
    marker: {
      color,
      ...(series.low === undefined ? {} : { opacity: barOpacity }),
      line: { color: inks.paper, width: chart.x.kind === "category" ? 0 : 0.5 },
    },
    ...whiskers(series, horizontal, inks.text),
    showlegend: series.name !== "",
  };
}

function pointTrace(series: PointSeries, color: string, horizontal: boolean): Trace {
  const { name, x, y, labels } = series;
  return {
    type: "scatter",
    mode: labels === undefined ? "markers" : "markers+text",
    name,
    ...(horizontal ? { x: y, y: x, orientation: "h" } : { x, y }),
    ...(labels === undefined ? {} : { text: labels, textposition: "top center" }),
    marker: { color, size: 9 },
    offsetgroup: name,
    ...whiskers(series, horizontal, color),
    showlegend: name !== "",
  };
}

function heatmapTrace(series: HeatmapSeries): Trace {
  const { x, y, values, text, valueTitle, valueDomain, valueFormat, colors = "blues" } = series;
  const isOverlay = colors === "overlay";
  const scale = isOverlay
    ? [
        [0, withOpacity(overlayColor, 0)],
        [1, withOpacity(overlayColor, overlayOpacity)],
      ]
    : colorScales[colors].map((stop, i, stops) => [i / (stops.length - 1), stop]);
  return {
    type: "heatmap",
    name: series.name,
    x: packed(x),
    y: packed(y),
    // Only large matrices are packed: the others carry text and are read by people.
    z:
      values.length * (values[0]?.length ?? 0) > 8 * longestPlain
        ? packed(values.flat(), `${y.length}, ${x.length}`)
        : values,
    colorscale: scale,
    ...(valueDomain === undefined ? {} : { zmin: valueDomain[0], zmax: valueDomain[1] }),
    ...(text === undefined ? {} : { text, texttemplate: "%{text}", xgap: 1, ygap: 1 }),
    showscale: !isOverlay && text === undefined,
    colorbar: {
      title: { text: valueTitle, side: "right" },
      thickness: 12,
      outlinewidth: 0,
      ...(valueFormat === "percent" ? { tickformat: ".0%" } : {}),
    },
    hoverongaps: false,
  };
}

function boxTrace(series: BoxSeries, color: string, horizontal: boolean): Trace {
  const { name, groups, quantiles } = series;
  return {
    type: "box",
    name,
    orientation: horizontal ? "h" : "v",
    [horizontal ? "y" : "x"]: groups,
    lowerfence: quantiles.map(({ low }) => low),
    q1: quantiles.map(({ q1 }) => q1),
    median: quantiles.map(({ median }) => median),
    q3: quantiles.map(({ q3 }) => q3),
    upperfence: quantiles.map(({ high }) => high),
    offsetgroup: name,
    line: { color, width: 1.5 },
    fillcolor: withOpacity(color, 0.25),
    showlegend: name !== "",
  };
}

function withOpacity(color: string, opacity: number): string {
  const channels = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return `rgba(${channels.join(",")},${opacity})`;
}

/** Longer runs of numbers are packed: a notebook file gives every number of an array a line of its own. */
const longestPlain = 64;

type Packed = { readonly dtype: "f4"; readonly bdata: string; readonly shape?: string };

/** Numbers as plotly's base64 form of float32, rows of a matrix with its shape; short and mixed ones stay as they are. */
function packed<T extends string | number>(values: readonly T[], shape?: string): readonly T[] | Packed {
  if (values.length <= longestPlain || values.some((value) => typeof value === "string")) return values;
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setFloat32(4 * i, value as number, true);
  });
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { dtype: "f4", bdata: btoa(binary), ...(shape === undefined ? {} : { shape }) };
}

/** Differences of rounded numbers carry a tail of floating-point noise; six digits keep what matters. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
