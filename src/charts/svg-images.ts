import type { Chart, HeatmapSeries } from "./chart.js";
import { prepareChart } from "./check-chart.js";
import { colorAt, overlayColor, overlayOpacity } from "./palette.js";
import { encodePng } from "./png-encode.js";

/** More cells than this become one picture inside the SVG: thousands of rectangles take seconds and megabytes. */
const mostRectangles = 1500;

type Spec = Record<string, unknown> & {
  datasets: Record<string, Record<string, number>[]>;
  layer: { data: { name: string }; mark: Record<string, unknown> }[];
};

/**
 * Replaces each large heatmap of a vega-lite specification by one rectangle over its whole area, which `fillImages`
 * later fills with a picture of a pixel a cell. Returns the changed specification and the pictures by name.
 */
export function withImages(spec: Record<string, unknown>, chart: Chart) {
  const { datasets, layer, ...rest } = spec as Spec;
  const images = new Map<string, string>();
  const slimmer = { ...datasets };
  prepareChart(chart)
    .series.filter((series) => series.mark === "heatmap")
    .forEach((series, k) => {
      const name = `heatmap${k}`;
      const rows = datasets[name]!;
      if (rows.length <= mostRectangles || series.text !== undefined || rows[0]!.left === undefined) return;
      const end = (pick: "min" | "max", field: string) =>
        rows.reduce((best, row) => Math[pick](best, row[field]!), rows[0]![field]!);
      const frame = { left: end("min", "left"), right: end("max", "right") };
      slimmer[name] = [
        { ...frame, bottom: end("min", "bottom"), top: end("max", "top"), value: rows[0]!.value! },
      ];
      images.set(name, `data:image/png;base64,${Buffer.from(pictureOf(series)).toString("base64")}`);
    });
  const layers = layer.map((one) =>
    images.has(one.data.name)
      ? { ...one, mark: { ...one.mark, aria: true, description: one.data.name } }
      : one,
  );
  return { spec: { ...rest, datasets: slimmer, layer: layers }, images };
}

/** Puts the pictures where `withImages` left their rectangles. */
export function fillImages(svg: string, images: ReadonlyMap<string, string>): string {
  let filled = svg;
  for (const [name, uri] of images)
    filled = filled.replace(
      new RegExp(`<path aria-label="${name}"[^>]* d="M([^,]+),([^h]+)h([^v]+)v([^h]+)h[^>]*>(</path>)?`),
      (_, x, y, width, height) =>
        `<image x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none" ` +
        `image-rendering="optimizeSpeed" href="${uri}"/>`,
    );
  return filled;
}

/** A pixel a cell, the last row on top as the axis runs upwards. */
function pictureOf(series: HeatmapSeries): Uint8Array {
  const { values, colors = "blues" } = series;
  const all = values.flat();
  const [low, high] = series.valueDomain ?? [
    all.reduce((a, b) => Math.min(a, b)),
    all.reduce((a, b) => Math.max(a, b)),
  ];
  const [height, width] = [values.length, values[0]!.length];
  const pixels = new Uint8Array(4 * width * height);
  values.forEach((row, r) => {
    row.forEach((value, column) => {
      const share = Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
      const color = colors === "overlay" ? overlayColor : colorAt(colors, share);
      const alpha = colors === "overlay" ? share * overlayOpacity : 1;
      const channels = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
      pixels.set([...channels, Math.round(255 * alpha)], 4 * ((height - 1 - r) * width + column));
    });
  });
  return encodePng(pixels, width, height);
}
