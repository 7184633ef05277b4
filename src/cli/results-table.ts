import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../core/files.js";
import { percent, percentBrackets } from "../core/percent.js";
import { replaceBlock } from "../core/replace-block.js";
import type { Settings } from "../core/settings.js";
import type { Figure, PartMetrics } from "../evaluation/report.js";
import { rankedRows } from "../notebook/studies/comparison/charts.js";
import {
  type ComparedRow,
  type RankedResult,
  textWithoutFigure,
  trainingTime,
} from "../notebook/studies/comparison/comparison.js";
import { rankRows } from "../notebook/studies/comparison/rank-rows.js";
import { folds } from "../protocols/draw-split.js";
import { type ProtocolName, protocolNames } from "../protocols/split.js";
import { listPublished, type PublishedResult, testMetricsOf } from "../training/published.js";

/** What stands before and after the table in README.md; a reader of the page does not see it. */
export const resultsStart = "<!-- results: written by `npm run results`, not by hand -->";
export const resultsEnd = "<!-- /results -->";

const header = [
  ...["model", "protocol", "test clips of", "n", "accuracy %", "UAR %"],
  ...["UAR by speaker", "seed", "epochs (kept)", "source"],
];
const sides = [":--", ":--", ":--", "--:", "--:", "--:", "--:", "--:", "--:", ":--"];

/** New voices first: that protocol is the headline. */
const protocolOrder: readonly string[] = [
  "speaker-independent",
  ...protocolNames.filter((name) => name !== "speaker-independent"),
];

/**
 * The table of all committed results as Markdown, a row for all test clips and one for each corpus, in percent with 95%
 * intervals; a protocol with folds is the mean over those that are there. One sentence when nothing is published.
 */
export async function resultsMarkdown(settings: Settings): Promise<string> {
  const groups = new Map<string, PublishedResult[]>();
  for (const result of await listPublished(settings)) {
    const key = `${result.protocol}/${result.name}/${result.metrics.spec.seed}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  if (groups.size === 0) return "No result is published yet.";
  const ordered = [...groups.values()].sort(([a], [b]) => compareResults(a!, b!));
  const rows: string[][] = [];
  for (const results of ordered) rows.push(...rowsOf(results, await testMetricsOf(results, settings)));
  return [header, sides, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/**
 * What README.md says of results/: every row of the comparison on both protocols, `not run` where nothing is published,
 * and below it each committed result corpus by corpus. One sentence when nothing is published.
 */
export async function resultsPage(settings: Settings): Promise<string> {
  const detail = await resultsMarkdown(settings);
  if ((await listPublished(settings)).length === 0) return detail;
  const ranking = rankingMarkdown(await rankRows(settings));
  return `${ranking}\n\n<details><summary>Each result, corpus by corpus</summary>\n\n${detail}\n\n</details>`;
}

/** Every row, the best on new voices first, as Markdown; the rows that are not run come last, in order of importance. */
export function rankingMarkdown(rows: readonly ComparedRow[]): string {
  const first = [...rankedRows({ rows }, "speaker-independent"), ...rankedRows({ rows }, "combined")];
  const ordered = [...new Set([...first, ...rows])];
  const lines = ordered.map(({ name, title, results }) => {
    const { "speaker-independent": fresh, combined: known } = results;
    const cell = (result: RankedResult, figure: "figure" | "uar"): string =>
      result.state === "run" ? withInterval(result[figure]) : textWithoutFigure(result);
    // Between the two: the same metric on the same corpus as the headline, so that the step to new voices can be seen.
    const told = [cell(fresh, "figure"), cell(known, "uar"), cell(known, "figure")];
    const run = [fresh, known].find(({ state }) => state === "run");
    const cost = run?.state === "run" ? [run.parameters.toLocaleString("en"), trainingTime(run)] : ["–", "–"];
    return [name, title, ...told, ...cost];
  });
  const head = [
    "row",
    "what it is",
    "new voices: UAR %",
    "known voices: UAR %",
    "known voices: accuracy %",
    "parameters",
    "training",
  ];
  return [head, [":--", ":--", "--:", "--:", "--:", "--:", "--:"], ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** The page with `table` in its block. Throws LabError when it has no block. */
export function replaceResults(page: string, table: string, name = "README.md"): string {
  return replaceBlock(page, { start: resultsStart, end: resultsEnd, holds: "the results" }, table, name);
}

/** Writes the table of results/ into README.md of the checkout; tells whether the page changed. */
export async function writeResults(settings: Settings): Promise<boolean> {
  const path = join(settings.root, "README.md");
  const before = await readFile(path, "utf8");
  const after = replaceResults(before, await resultsPage(settings));
  if (after !== before) await writeFileAtomic(path, after);
  return after !== before;
}

function compareResults(a: PublishedResult, b: PublishedResult): number {
  const place = ({ protocol }: PublishedResult): number => protocolOrder.indexOf(protocol);
  const byName = a.name === b.name ? 0 : a.name < b.name ? -1 : 1;
  return place(a) - place(b) || byName || a.metrics.spec.seed - b.metrics.spec.seed;
}

function rowsOf(results: readonly PublishedResult[], test: PartMetrics): string[][] {
  const { name, protocol, metrics } = results[0]!;
  const groups = Object.entries(test);
  // A lone corpus would stand there twice.
  const shown = groups.length === 2 ? groups.filter(([group]) => group !== "all") : groups;
  const epochs = range(results.map((result) => result.metrics.epochs));
  const kept = range(results.map((result) => result.metrics.bestEpoch));
  const sources = [...new Set(results.map((result) => result.metrics.source))].sort().join(", ");
  return shown.map(([group, { n, accuracy, uar }]) => [
    name,
    `${protocol}${isForSelection(protocol) ? " (for selection)" : ""}${foldsOf(results)}`,
    group,
    n.toLocaleString("en"),
    withInterval(accuracy),
    withInterval(uar),
    uar.speaker === null ? "–" : percentBrackets(uar.speaker),
    String(metrics.spec.seed),
    epochs === "0" ? "–" : `${epochs} (${kept})`,
    sources,
  ]);
}

/** Settings are chosen by it: its test clips say how a choice does, and no longer what to expect of it elsewhere. */
function isForSelection(protocol: string): boolean {
  return protocol === "leave-one-corpus-out";
}

function foldsOf(results: readonly PublishedResult[]): string {
  const { spec } = results[0]!.metrics;
  if (spec.fold === null) return "";
  const all = folds(spec.protocol as ProtocolName, Object.keys(spec.corpora)).length;
  return results.length === all ? `, mean of ${all} folds` : `, mean of ${results.length} of ${all} folds`;
}

function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low}–${high}`;
}

function withInterval({ value, clip }: Figure): string {
  return `**${percent(value)}** ${percentBrackets(clip)}`;
}
