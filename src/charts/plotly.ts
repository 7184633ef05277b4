import type { Axis, Chart, Reference } from "./chart.js";
import { prepareChart } from "./check-chart.js";
import { mapTexts } from "./map-texts.js";
import { inks } from "./palette.js";
import { plotlyTraces } from "./plotly-traces.js";

/** A plotly figure as plain JSON: what the MIME type application/vnd.plotly.v1+json holds. */
export interface PlotlyFigure {
  readonly data: readonly Record<string, unknown>[];
  readonly layout: Readonly<Record<string, unknown>>;
  /** Plotly's settings. Not `responsive`: that would take the container's height instead of the layout's. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Draws a chart as a plotly figure. It takes the width that is there. Throws LabError for a malformed chart. */
export function renderPlotly(given: Chart): PlotlyFigure {
  const prepared = prepareChart(given);
  const chart = mapTexts(prepared, asPlainText);
  const [xAxis, yAxis] = chart.horizontal ? [chart.y, chart.x] : [chart.x, chart.y];
  const isMatrix = chart.series.some(({ mark }) => mark === "heatmap");
  const named = chart.series.filter(({ name, mark }) => name !== "" && mark !== "heatmap");
  const points = chart.series.filter(({ mark }) => mark === "point");
  const references = chart.references ?? [];
  return {
    data: plotlyTraces(chart),
    layout: {
      title: {
        text: chart.title,
        font: { size: 16, color: inks.text },
        x: 0,
        xref: "paper",
        xanchor: "left",
      },
      font: { family: "system-ui, DejaVu Sans, sans-serif", size: 12, color: inks.text },
      paper_bgcolor: inks.paper,
      plot_bgcolor: inks.paper,
      height: chart.height ?? 400,
      autosize: true,
      margin: { l: 60, r: 24, t: named.length > 0 ? 84 : 60, b: 56 },
      xaxis: plotlyAxis(xAxis, false, isMatrix),
      yaxis: plotlyAxis(yAxis, yAxis.kind === "category", isMatrix),
      barmode: chart.stacked ? "stack" : "group",
      boxmode: "group",
      ...(points.length > 1 && chart.x.kind === "category" ? { scattermode: "group", scattergap: 0.5 } : {}),
      bargap: chart.x.kind === "category" ? 0.25 : 0,
      hovermode: "closest",
      showlegend: named.length > 0,
      legend: { orientation: "h", x: 0, xanchor: "left", y: 1.02, yanchor: "bottom", traceorder: "normal" },
      shapes: references.map((reference) => shapeOf(reference, chart.horizontal ?? false)),
      annotations: references.map((reference) => annotationOf(reference, chart.horizontal ?? false)),
      meta: { description: prepared.description },
    },
    config: { displaylogo: false },
  };
}

/** Plotly takes <b> and <a href> in a text for mark-up; this is shown as it is. */
function asPlainText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

function plotlyAxis(axis: Axis, topDown: boolean, isMatrix: boolean): Record<string, unknown> {
  const { domain, format, ticks } = axis;
  const isCategory = axis.kind === "category";
  const common = {
    title: { text: axis.title, standoff: 10 },
    automargin: true,
    zeroline: false,
    linecolor: inks.line,
    gridcolor: inks.grid,
    showgrid: !isCategory && !isMatrix,
    ticks: isMatrix ? "" : "outside",
    tickcolor: inks.line,
  };
  if (isCategory) {
    const order = domain === undefined ? {} : { categoryorder: "array", categoryarray: domain };
    return { ...common, type: "category", ...order, ...(topDown ? { autorange: "reversed" } : {}) };
  }
  const numbers = domain as readonly [number, number] | undefined;
  const range = axis.kind === "log" ? numbers?.map(Math.log10) : numbers;
  return {
    ...common,
    type: axis.kind === "log" ? "log" : "linear",
    ...(range === undefined ? {} : { range }),
    ...(format === "percent" ? { tickformat: ".1~%" } : {}),
    ...(format === "seconds" ? { ticksuffix: " s" } : {}),
    ...(ticks === undefined
      ? {}
      : { tickvals: ticks.map(({ value }) => value), ticktext: ticks.map(({ label }) => label) }),
  };
}

/** Whether a reference stands upright in the picture: it marks x, or y of a chart on its side. */
function isUpright({ axis }: Reference, horizontal: boolean): boolean {
  return (axis === "x") !== horizontal;
}

function shapeOf(reference: Reference, horizontal: boolean): Record<string, unknown> {
  const { value } = reference;
  const along = isUpright(reference, horizontal)
    ? { xref: "x", x0: value, x1: value, yref: "paper", y0: 0, y1: 1 }
    : { xref: "paper", x0: 0, x1: 1, yref: "y", y0: value, y1: value };
  return { type: "line", ...along, line: { color: inks.faint, width: 1.2, dash: "dot" } };
}

function annotationOf(reference: Reference, horizontal: boolean): Record<string, unknown> {
  const { value, label } = reference;
  const place = isUpright(reference, horizontal)
    ? { xref: "x", x: value, yref: "paper", y: 1, xanchor: "center", yanchor: "bottom" }
    : { xref: "paper", x: 1, yref: "y", y: value, xanchor: "right", yanchor: "bottom" };
  return {
    ...place,
    text: label,
    showarrow: false,
    font: { size: 11, color: inks.text },
    bgcolor: "rgba(255,255,255,0.8)",
    borderpad: 1,
  };
}
