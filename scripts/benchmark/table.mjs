// The figures as the tables of docs/kernels.md, between two comment lines.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { compiled } from "./compiled.mjs";

/** @type {typeof import("../../src/core/files.js")} */
const { writeFileAtomic } = compiled("core/files");
/** @type {typeof import("../../src/core/replace-block.js")} */
const { replaceBlock } = compiled("core/replace-block");

export const tableStart = "<!-- benchmark: written by `npm run benchmark`, not by hand -->";
export const tableEnd = "<!-- /benchmark -->";

/** @typedef {import("./results-file.mjs").Benchmark} Benchmark */
/** @typedef {import("./results-file.mjs").Row} Row */

/** @param {Benchmark | null} benchmark null before it was first measured @returns {string} Markdown */
export function benchmarkMarkdown(benchmark) {
  if (benchmark === null) return "Not measured yet.";
  const { machine, versions, measured, quick, rows } = benchmark;
  const place = `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.gpu ?? "no GPU"}`;
  const used = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const day = measured.slice(0, 10);
  const effort = quick ? "; **a quick look, not a measurement**" : "";
  const header = ["task", "precision", "unit", "ours", "PyTorch", "ratio", "Keras", "stock tfjs", "librosa"];
  const sides = header.map((_, i) => (i < 3 ? ":--" : "--:"));
  const lines = [header, sides, ...rows.map(cellsOf)].map((cells) => `| ${cells.join(" | ")} |`);
  return `Measured on ${day}: ${place}; ${used.join(", ")}${effort}.\n\n${lines.join("\n")}${later(rows)}${reasons(rows)}`;
}

/** Which rows are of another hour than the rest. @param {readonly Row[]} rows */
function later(rows) {
  const days = [...new Set(rows.flatMap(({ measured }) => measured?.slice(0, 10) ?? []))];
  const lines = days.map((day) => {
    const of = rows.filter(({ measured }) => measured?.startsWith(day));
    return `- Measured later, on ${day}: ${of.map(({ task, precision }) => `${task} ${precision}`).join(", ")}.`;
  });
  return lines.length === 0 ? "" : `\n\n${lines.join("\n")}`;
}

/** @param {Row} row */
function cellsOf(row) {
  const ratio = row.ratioToPytorch ?? row.ratioToLibrosa ?? null;
  return [
    row.task,
    row.precision,
    row.unit,
    number(row.ours),
    number(row.pytorch),
    ratio === null ? "–" : `**${ratio.toFixed(2)}**`,
    number(row.keras),
    number(row.stock),
    number(row.librosa ?? null),
  ];
}

/** Why a side has no figure, each reason once. @param {readonly Row[]} rows */
function reasons(rows) {
  const found = rows.flatMap(({ task, precision, missing }) =>
    Object.entries(missing).map(([side, reason]) => ({ side, reason, row: `${task} ${precision}` })),
  );
  const texts = [...new Set(found.map(({ side, reason }) => `${side}: ${reason}`))].map((text) => {
    const of = found.filter(({ side, reason }) => `${side}: ${reason}` === text).map(({ row }) => row);
    return `- ${text} (${of.join(", ")}).`;
  });
  return texts.length === 0 ? "" : `\n\nWithout a figure:\n\n${texts.join("\n")}`;
}

/** @param {number | null} value */
function number(value) {
  if (value === null) return "–";
  return value >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
}

/**
 * The page with the tables in their block.
 * @param {string} page
 * @param {string} table
 */
export function replaceTable(page, table) {
  return replaceBlock(
    page,
    { start: tableStart, end: tableEnd, holds: "the benchmark" },
    table,
    "docs/kernels.md",
  );
}

/** @param {string} root @param {Benchmark} benchmark */
export async function writeTable(root, benchmark) {
  const path = join(root, "docs", "kernels.md");
  await writeFileAtomic(path, replaceTable(await readFile(path, "utf8"), benchmarkMarkdown(benchmark)));
}
