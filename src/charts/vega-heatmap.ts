import type { Axis, Chart, HeatmapSeries } from "./chart.js";
import { halfStep } from "./check-chart.js";
import { colorAt, colorScales, inks, overlayColor, overlayOpacity, wantsWhiteText } from "./palette.js";

type Row = Record<string, unknown>;
type AxisEncoder = (axis: Axis, upright: boolean, isMatrix: boolean) => Record<string, unknown>;

/** The cells of a heatmap, coloured by value (an overlay: by opacity), with the text that stands in them. */
export function heatmapLayers(series: HeatmapSeries, chart: Chart, encodeAxis: AxisEncoder) {
  const { colors = "blues", text } = series;
  const domain = series.valueDomain ?? rangeOf(series.values);
  const share = (value: number): number => (value - domain[0]) / (domain[1] - domain[0] || 1);
  const edges = { x: edgesOf(series.x), y: edgesOf(series.y) };
  const rows = series.values.flatMap((line, row) =>
    line.map((value, column): Row => {
      const cell: Row = { x: series.x[column], y: series.y[row], value };
      if (edges.x !== null) Object.assign(cell, { left: edges.x(column)[0], right: edges.x(column)[1] });
      if (edges.y !== null) Object.assign(cell, { bottom: edges.y(row)[0], top: edges.y(row)[1] });
      if (text !== undefined && colors !== "overlay")
        Object.assign(cell, {
          text: text[row]![column],
          ink: wantsWhiteText(colorAt(colors, share(value))) ? inks.paper : inks.text,
        });
      return cell;
    }),
  );
  const x = encodeAxis(chart.x, false, true);
  const y = encodeAxis(chart.y, true, true);
  const position = {
    ...(edges.x === null
      ? { x: { field: "x", ...x } }
      : { x: { field: "left", ...x }, x2: { field: "right" } }),
    ...(edges.y === null
      ? { y: { field: "y", ...y } }
      : { y: { field: "bottom", ...y }, y2: { field: "top" } }),
  };
  const gap = text === undefined ? { strokeWidth: 0 } : { stroke: inks.paper, strokeWidth: 1 };
  const cells =
    colors === "overlay"
      ? {
          mark: { type: "rect", color: overlayColor },
          encoding: {
            ...position,
            opacity: {
              field: "value",
              type: "quantitative",
              legend: null,
              scale: { domain, range: [0, overlayOpacity], clamp: true },
            },
          },
        }
      : { mark: { type: "rect", ...gap }, encoding: { ...position, fill: colorChannel(series, domain) } };
  const words = {
    mark: { type: "text", fontSize: 11 },
    encoding: { ...position, text: { field: "text" }, color: { field: "ink", type: "nominal", scale: null } },
  };
  return { rows, drawn: text === undefined || colors === "overlay" ? [cells] : [cells, words] };
}

function colorChannel(series: HeatmapSeries, [low, high]: readonly [number, number]): Row {
  const stops = colorScales[series.colors as keyof typeof colorScales] ?? colorScales.blues;
  return {
    field: "value",
    type: "quantitative",
    scale: {
      // One domain value a stop: the scale goes piece by piece from stop to stop.
      domain: stops.map((_, i) => low + ((high - low) * i) / (stops.length - 1)),
      range: stops,
      clamp: true,
    },
    // Cells with text tell their values themselves.
    legend:
      series.text !== undefined
        ? null
        : {
            title: series.valueTitle,
            gradientThickness: 12,
            gradientLength: { signal: "min(height, 220)" },
            tickCount: 5,
            ...(series.valueFormat === "percent" ? { format: ".0%" } : {}),
          },
  };
}

/** Where cells of a numeric axis begin and end; null for categories. */
function edgesOf(places: readonly (string | number)[]): ((at: number) => [number, number]) | null {
  if (typeof places[0] !== "number") return null;
  const half = halfStep(places as number[]);
  return (at) => [(places[at] as number) - half, (places[at] as number) + half];
}

function rangeOf(values: readonly (readonly number[])[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values.flat()) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}
