import type { PlotlyFigure } from "../../src/charts/plotly.js";

/** A mark as a renderer draws it, in words and numbers that both renderers can be read back to. */
export type Drawn = Record<string, Record<string, unknown>[]>;

type Trace = Record<string, never> & {
  type: string;
  mode?: string;
  name: string;
  orientation?: string;
  x: (string | number)[];
  y: (string | number)[];
  hoverinfo?: string;
};
type Whisker = { array: number[]; arrayminus: number[] } | undefined;

const near = (value: unknown): unknown => (typeof value === "number" ? Number(value.toPrecision(4)) : value);

/** Plotly's packed numbers as an array, of rows where it has a shape; anything else as it is. */
function unpack(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("bdata" in value)) return value;
  const { bdata, shape } = value as { bdata: string; shape?: string };
  const bytes = Buffer.from(bdata, "base64");
  const numbers = Array.from({ length: bytes.length / 4 }, (_, i) => near(bytes.readFloatLE(4 * i)));
  if (shape === undefined) return numbers;
  const [rows, columns] = shape.split(",").map(Number) as [number, number];
  if (rows * columns !== numbers.length) throw new Error(`shape ${shape} for ${numbers.length} numbers`);
  return Array.from({ length: rows }, (_, row) => numbers.slice(row * columns, (row + 1) * columns));
}

/** Every mark of a plotly figure, read back from its JSON. */
export function readPlotly(figure: PlotlyFigure): Drawn {
  const drawn: Drawn = { bars: [], lines: [], points: [], boxes: [], heatmaps: [] };
  for (const raw of JSON.parse(JSON.stringify(figure.data)) as Trace[]) {
    const trace = Object.fromEntries(
      Object.entries(raw).map(([key, value]) => [key, unpack(value)]),
    ) as Trace;
    if (trace.hoverinfo === "skip") continue; // the band: read from whoever carries it
    const get = <T>(name: string): T => trace[name] as T;
    const flat = trace.orientation === "h";
    if (trace.type === "heatmap") {
      get<number[][]>("z").forEach((row, r) => {
        row.forEach((value, c) => {
          drawn.heatmaps!.push({ x: trace.x[c], y: trace.y[r], value });
        });
      });
    } else if (trace.type === "box") {
      const groups = get<string[]>(flat ? "y" : "x");
      groups.forEach((x, i) => {
        const at = (name: string): number => get<number[]>(name)[i]!;
        const five = {
          low: at("lowerfence"),
          q1: at("q1"),
          median: at("median"),
          q3: at("q3"),
          high: at("upperfence"),
        };
        drawn.boxes!.push({ series: trace.name, x, ...five });
      });
    } else {
      const kind = trace.type === "bar" ? "bars" : trace.mode === "lines" ? "lines" : "points";
      const whisker = get<Whisker>(flat ? "error_x" : "error_y");
      const [along, values] = flat ? [trace.y, trace.x as number[]] : [trace.x, trace.y as number[]];
      along.forEach((x, i) => {
        const mark: Record<string, unknown> = { series: trace.name, x, y: values[i] };
        if (whisker !== undefined) {
          mark.low = near(values[i]! - whisker.arrayminus[i]!);
          mark.high = near(values[i]! + whisker.array[i]!);
        }
        drawn[kind]!.push(mark);
      });
    }
  }
  return drawn;
}

/** Every mark of a vega-lite specification, read back from its data sets. */
export function readVega(spec: Record<string, unknown>): Drawn {
  const datasets = JSON.parse(JSON.stringify(spec.datasets)) as Record<string, Record<string, unknown>[]>;
  const heatmaps = Object.keys(datasets).filter((name) => name.startsWith("heatmap"));
  const rows = (name: string, fields: string[]) =>
    (datasets[name] ?? []).map((row) => {
      const own = fields.filter((field) => field in row).map((field) => [field, near(row[field])]);
      const named = Object.fromEntries(own) as Record<string, unknown>;
      if (typeof named.series === "string" && named.series.startsWith(" ")) named.series = "";
      return named;
    });
  const mark = ["series", "x", "y", "low", "high"];
  return {
    bars: rows("bars", mark),
    lines: rows("lines", ["series", "x", "y"]),
    points: rows("points", mark),
    boxes: rows("boxes", ["series", "x", "low", "q1", "median", "q3", "high"]),
    heatmaps: heatmaps.flatMap((name) => rows(name, ["x", "y", "value"])),
  };
}
