import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { renderPng } from "../../../charts/png.js";
import { writeFileAtomic, writeJson } from "../../../core/files.js";
import type { Settings } from "../../../core/settings.js";
import { rankingChart } from "./charts.js";
import { type Comparison, rankedProtocols } from "./comparison.js";

const columns = [
  ...["row", "protocol", "state", "value", "low", "high", "low_by_speaker", "high_by_speaker", "clips"],
  ...["parameters", "seconds", "megabytes_float16", "latency_ms"],
  ...["behind_best", "p_value", "p_value_by_speaker", "command"],
];

/** The comparison as CSV: a line a row and protocol, the row that is not run with its command. */
export function comparisonCsv(comparison: Comparison): string {
  const lines = comparison.rows.flatMap(({ name, results }) =>
    rankedProtocols.map((protocol) => {
      const result = results[protocol];
      if (result.state !== "run")
        return [
          name,
          protocol,
          result.state,
          ...new Array<string>(columns.length - 4).fill(""),
          result.state === "not run" ? result.command : "",
        ];
      const { value, clip, speaker } = result.figure;
      return [
        ...[name, protocol, result.state, value, ...clip, ...(speaker ?? ["", ""]), result.clips],
        ...[result.parameters, result.seconds, result.megabytesAsFloat16, result.latencyMilliseconds ?? ""],
        ...[result.behindBest?.value ?? "", result.behindBest?.pValueClip ?? ""],
        ...[result.behindBest?.pValueSpeaker ?? "", ""],
      ];
    }),
  );
  return stringify([columns, ...lines]);
}

/** Writes results/comparison/: comparison.json, comparison.csv and, when any row is run, ranking.png. Gives the folder. */
export async function writeComparison(comparison: Comparison, settings: Settings): Promise<string> {
  const folder = join(settings.root, "results", "comparison");
  await writeJson(join(folder, "comparison.json"), comparison);
  await writeFileAtomic(join(folder, "comparison.csv"), comparisonCsv(comparison));
  const isAnyRun = comparison.rows.some(({ results }) =>
    rankedProtocols.some((protocol) => results[protocol].state === "run"),
  );
  if (isAnyRun) await writeFileAtomic(join(folder, "ranking.png"), await renderPng(rankingChart(comparison)));
  return folder;
}
