import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Resvg } from "@resvg/resvg-js";

/** Sizes that phones and the manifest ask for. */
const sizes = { "icon-180.png": 180, "icon-192.png": 192, "icon-512.png": 512 };

/**
 * Draws the icon, an SVG on a rounded square, in the sizes that phones ask for. The maskable one fills its square, with
 * the drawing in the middle four fifths, because a phone cuts its corners off as it likes.
 * @param {string} svgPath
 * @param {string} folder
 */
export function drawIcons(svgPath, folder) {
  const svg = readFileSync(svgPath, "utf8");
  for (const [name, size] of Object.entries(sizes)) writeFileSync(join(folder, name), draw(svg, size));
  const maskable = svg
    .replace('viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"')
    .replace('<rect width="32" height="32" rx="7"', '<rect x="-4" y="-4" width="40" height="40"');
  if (maskable === svg) throw new Error(`${svgPath} has no square of 32 to widen for the maskable icon.`);
  writeFileSync(join(folder, "icon-maskable-512.png"), draw(maskable, 512));
}

/**
 * @param {string} svg
 * @param {number} size
 */
function draw(svg, size) {
  return new Resvg(svg, { fitTo: { mode: "width", value: size } }).render().asPng();
}
