import { join } from "node:path";
import { Resvg } from "@resvg/resvg-js";
import type { Chart } from "./chart.js";
import { encodePng } from "./png-encode.js";
import { renderSvg } from "./svg.js";

/**
 * Draws a chart as a PNG with `scale` pixels for each of the chart's: 2 is sharp on today's screens, 1 keeps its size
 * where a page shows every pixel. Text is drawn with the DejaVu fonts of an npm package: a bare machine has no fonts,
 * and text without one would silently vanish.
 */
export async function renderPng(chart: Chart, scale = 2): Promise<Uint8Array> {
  return rasterise(await renderSvg(chart), scale);
}

/** An SVG as PNG, with the package's own fonts only. */
export function rasterise(
  svg: string,
  scale: number,
  fontFiles: readonly string[] = dejavuFonts(),
): Uint8Array {
  const picture = new Resvg(svg, {
    fitTo: { mode: "zoom", value: scale },
    font: { fontFiles: [...fontFiles], loadSystemFonts: false, defaultFontFamily: "DejaVu Sans" },
  }).render();
  return encodePng(picture.pixels, picture.width, picture.height);
}

function dejavuFonts(): string[] {
  const folder = join(require.resolve("dejavu-fonts-ttf/package.json"), "..", "ttf");
  return ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((name) => join(folder, name));
}
