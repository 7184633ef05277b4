import { shownLines } from "../core/shown-text.js";
import type { Chart } from "./chart.js";
import { fillImages, withImages } from "./svg-images.js";
import { vegaLiteSpec } from "./vega-spec.js";

/**
 * Draws a chart as a static SVG through vega-lite; needs no browser. Text stays text, in DejaVu Sans. Throws
 * LabError for a malformed chart.
 */
export async function renderSvg(chart: Chart): Promise<string> {
  // Both are large and ESM-only: loaded when the first picture is drawn, not with the package.
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  measureText((vega as unknown as { textMetrics: TextMetrics }).textMetrics);
  const { spec, images } = withImages(vegaLiteSpec(chart), chart);
  const { spec: compiled } = vegaLite.compile(spec as unknown as Parameters<typeof vegaLite.compile>[0]);
  const view = new vega.View(vega.parse(compiled), { renderer: "none" });
  try {
    return described(crispCells(fillImages(await view.toSVG(), images)), shownLines(chart.description));
  } finally {
    view.finalize();
  }
}

/** Neighbouring cells show hair lines between them where edges are smoothed. */
function crispCells(svg: string): string {
  return svg.replaceAll('<g class="mark-rect', '<g shape-rendering="crispEdges" class="mark-rect');
}

/** Tells a screen reader what the whole picture shows. */
function described(svg: string, description: string): string {
  const label = description.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return svg.replace("<svg ", () => `<svg role="img" aria-label="${label}" `);
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}
interface TextMetrics {
  width: (item: TextItem, text: unknown) => number;
}

/**
 * Without a canvas vega takes every letter for 0.8 em, a third too wide: gaps before axis titles, labels thought to
 * overlap. These are DejaVu Sans's widths by class of letter.
 */
function measureText(metrics: TextMetrics): void {
  metrics.width = (item, text) => {
    const ems = [...String(text)].reduce((sum, letter) => sum + widthOf(letter), 0);
    const bold = item.fontWeight === "bold" || Number(item.fontWeight) >= 600 ? 1.1 : 1;
    return ems * bold * (item.fontSize ?? 11);
  };
}

function widthOf(letter: string): number {
  if ("ijl.,:;|' ".includes(letter)) return 0.31;
  if ("frt-()/".includes(letter)) return 0.39;
  if ("mwMW%—".includes(letter)) return 0.93;
  if (letter >= "A" && letter <= "Z") return 0.69;
  return 0.61;
}
