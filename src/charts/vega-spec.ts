import type { Axis, Chart } from "./chart.js";
import { prepareChart } from "./check-chart.js";
import { inks } from "./palette.js";
import { type ColorKey, type Layer, vegaLayers } from "./vega-layers.js";

/**
 * The chart as a vega-lite specification, plain JSON with its data inside: `datasets.lines`, `bars`, `points`,
 * `boxes`, `heatmap0`... Throws LabError for a malformed chart.
 */
export function vegaLiteSpec(given: Chart): Record<string, unknown> {
  const chart = prepareChart(given);
  const { layers, datasets, key } = vegaLayers(chart, axisEncoding);
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: chart.description,
    width: chart.width ?? 720,
    height: chart.height ?? 400,
    autosize: { type: "fit", contains: "padding" },
    background: inks.paper,
    padding: 14,
    title: { text: wrapText(chart.title, Math.floor((chart.width ?? 720) / 9)) },
    datasets,
    layer: layers.map((layer) => withKey(layer, key, chart)),
    resolve: { scale: { color: "shared", fill: "independent" } },
    config: style,
  };
}

/** The one colour scale of all named series; layers that have no colour of their own ignore it. */
function withKey(layer: Layer, key: ColorKey, chart: Chart): Layer {
  const hasLines = chart.series.some(({ mark }) => mark === "line");
  if (layer.encoding.color !== "series") return layer;
  const legend =
    key.named.length === 0
      ? null
      : {
          orient: "top",
          title: null,
          values: key.named,
          columns: legendColumns(key.named, chart.width ?? 720),
          ...(hasLines
            ? { symbolType: "stroke", symbolStrokeWidth: 3, symbolSize: 200, symbolDash: [1, 0] }
            : { symbolType: "square", symbolStrokeWidth: 0 }),
          symbolOpacity: 1,
          labelLimit: 300,
        };
  return {
    ...layer,
    encoding: {
      ...layer.encoding,
      color: { field: "series", type: "nominal", scale: { domain: key.names, range: key.colors }, legend },
    },
  };
}

/** All in one row where they fit, else in columns as wide as the longest name. */
function legendColumns(names: readonly string[], width: number): number {
  const roomOf = (name: string): number => 45 + 7 * name.length;
  if (names.reduce((sum, name) => sum + roomOf(name), 0) < width) return names.length;
  return Math.max(1, Math.floor(width / Math.max(...names.map(roomOf))));
}

/** An axis as a vega-lite channel. Categories on the upright axis run from top to bottom, in their order. */
function axisEncoding(axis: Axis, upright: boolean, isMatrix: boolean): Record<string, unknown> {
  const isCategory = axis.kind === "category";
  const look = {
    title: axis.title === "" ? null : axis.title,
    grid: !isCategory && !isMatrix,
    domain: !isMatrix,
    ticks: !isMatrix,
    ...(isCategory
      ? { labelLimit: 220 }
      : { tickCount: upright ? 6 : 8, labelOverlap: true, labelFlush: false }),
  };
  // Ticks that were asked for are all written, and in full: they are names.
  const named = axis.ticks !== undefined && !isMatrix ? { labelOverlap: false, labelLimit: 260 } : {};
  if (isCategory) {
    const labelAngle = upright ? {} : { labelAngle: needsSlant(axis) ? -35 : 0 };
    return {
      type: "nominal",
      sort: axis.domain ?? null,
      scale: axis.domain === undefined ? {} : { domain: axis.domain },
      axis: { ...look, ...labelAngle },
    };
  }
  const labels = (axis.ticks ?? []).map(
    ({ value, label }) => `datum.value == ${value} ? '${quoted(label)}' : `,
  );
  return {
    type: "quantitative",
    scale: {
      ...(axis.kind === "log" ? { type: "log", padding: 12 } : { zero: false }),
      nice: axis.domain === undefined && !isMatrix && axis.kind !== "log",
      ...(axis.domain === undefined ? {} : { domain: axis.domain }),
    },
    axis: {
      ...look,
      ...named,
      ...(axis.format === "percent" ? { format: ".1~%" } : {}),
      ...(axis.format === "seconds" ? { labelExpr: "datum.label + ' s'" } : {}),
      ...(axis.ticks === undefined
        ? {}
        : { values: axis.ticks.map(({ value }) => value), labelExpr: `${labels.join("")}datum.label` }),
    },
  };
}

function needsSlant(axis: Axis): boolean {
  const names = (axis.domain ?? []).map(String);
  return names.length * Math.max(0, ...names.map((name) => name.length)) > 90;
}

function quoted(label: string): string {
  return label.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
}

function wrapText(text: string, width: number): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    if (lines[last] === "") lines[last] = word;
    else if (lines[last]!.length + word.length < width) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return lines;
}

const font = "DejaVu Sans";
const style = {
  font,
  // A label on every mark would double the file; the description of the whole stays.
  aria: false,
  title: { anchor: "start", fontSize: 15, fontWeight: "bold", color: inks.text, offset: 12, frame: "group" },
  axis: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titlePadding: 8,
    labelColor: inks.text,
    titleColor: inks.faint,
    gridColor: inks.grid,
    domainColor: inks.line,
    tickColor: inks.line,
    labelPadding: 4,
  },
  legend: {
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    labelColor: inks.text,
    titleColor: inks.faint,
  },
  view: { stroke: null },
};
