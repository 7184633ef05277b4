// The training steps as a picture: how many times faster or slower than PyTorch each side is.

import { join } from "node:path";
import { compiled } from "./compiled.mjs";

/** @type {typeof import("../../src/charts/intervals.js")} */
const { dotsWithIntervals } = compiled("charts/intervals");
/** @type {typeof import("../../src/charts/svg.js")} */
const { renderSvg } = compiled("charts/svg");
/** @type {typeof import("../../src/charts/png.js")} */
const { renderPng } = compiled("charts/png");
/** @type {typeof import("../../src/core/files.js")} */
const { writeFileAtomic } = compiled("core/files");

/** @typedef {import("./results-file.mjs").Benchmark} Benchmark */
/** @typedef {import("./results-file.mjs").Row} Row */

const sides = /** @type {const} */ ([
  { side: "ours", name: "ours" },
  { side: "keras", name: "Keras" },
  { side: "stock", name: "stock tfjs" },
]);

/** @param {Benchmark} benchmark */
export function benchmarkChart({ machine, rows }) {
  const steps = rows.filter(({ unit, pytorch }) => unit === "clips/s" && pytorch !== null);
  const dots = steps.flatMap((row) => sides.flatMap(({ side, name }) => dotOf(row, side, name)));
  return dotsWithIntervals(dots, {
    title: `Training steps beside PyTorch's, ${machine.gpu ?? `${machine.cores} cores`}`,
    nameTitle: "",
    valueTitle: "clips a second, as a multiple of PyTorch's at the same precision",
    format: "number",
    references: [{ axis: "y", value: 1, label: "PyTorch" }],
  });
}

/** @param {Row} row @param {"ours" | "keras" | "stock"} side @param {string} series */
function dotOf(row, side, series) {
  const [value, pytorch] = [row[side], row.pytorch];
  if (value === null || pytorch === null) return [];
  const rates = row.repeats[side]?.values ?? [value];
  /** @type {[number, number]} */
  const interval = [Math.min(...rates) / pytorch, Math.max(...rates) / pytorch];
  return [{ name: `${row.task}, ${row.precision}`, series, value: value / pytorch, interval }];
}

/** Writes docs/images/benchmark.svg and .png. @param {string} root @param {Benchmark} benchmark */
export async function drawBenchmark(root, benchmark) {
  const chart = benchmarkChart(benchmark);
  const path = (/** @type {string} */ kind) => join(root, "docs", "images", `benchmark.${kind}`);
  await writeFileAtomic(path("svg"), await renderSvg(chart));
  await writeFileAtomic(path("png"), await renderPng(chart));
}
