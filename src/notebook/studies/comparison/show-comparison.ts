import { barsWithIntervals } from "../../../charts/intervals.js";
import { heatmap } from "../../../charts/matrices.js";
import { reliabilityCurve } from "../../../charts/reliability.js";
import { pValueText } from "../../../core/p-value.js";
import { percent, percentCell, percentRange, percentRangeCell } from "../../../core/percent.js";
import type { PairedDifference } from "../../../evaluation/significance.js";
import { defaultModel } from "../../../inference/default-model.js";
import { show, showMarkdown, showTable } from "../../display.js";
import { costChart, rankedRows, rankingChart, selectiveChart, studiesOf } from "./charts.js";
import {
  type Comparison,
  type RankedResult,
  rankedProtocols,
  textWithoutFigure,
  trainingTime,
} from "./comparison.js";
import { missingResults } from "./rank-rows.js";
import type { Leak, Transfer } from "./transfer.js";

/** One table and one picture that rank all rows, and the commands that run what is not run yet. */
export async function showRanking(comparison: Comparison): Promise<void> {
  const ranked = rankedRows(comparison, "speaker-independent");
  const ordered = [...new Set([...ranked, ...comparison.rows])];
  showTable(
    ordered.map(({ name, results }) => ({
      row: name,
      ...Object.fromEntries(
        rankedProtocols.flatMap((protocol) => {
          const result = results[protocol];
          if (result.state !== "run") return [[protocol, textWithoutFigure(result)]];
          const behind = result.behindBest;
          return [
            [protocol, percentCell(result.figure)],
            ...(protocol === "combined" ? [[`${protocol}, UAR of CREMA-D`, percent(result.uar.value)]] : []),
            [
              `${protocol}, to the best`,
              behind === null ? "best" : `${percentCell(behind)}, ${pValueText(behind.pValueClip)}`,
            ],
            ...(protocol === "speaker-independent" ? [[`${protocol}, by speaker`, bySpeaker(behind)]] : []),
          ];
        }),
      ),
    })),
    { limit: 40 },
  );
  if (ranked.length > 0) await show(rankingChart(comparison));
  const missing = missingResults(comparison);
  if (missing.length > 0) showTable(missing, { caption: "Not run yet", limit: 2 * comparison.rows.length });
}

function bySpeaker(behind: PairedDifference | null): string {
  if (behind === null) return "best";
  return behind.speaker === null
    ? "–"
    : `${percentRange(behind.speaker)}, ${pValueText(behind.pValueSpeaker!)}`;
}

/** Known voices against the same voices when they are new, for every row that is run on both protocols. */
export function showVoices({ voices }: Comparison): void {
  showTable(
    [...voices]
      .sort((a, b) => b.newUar - a.newUar)
      .map(({ row, speakers, knownClips, newClips, knownUar, newUar, gain, speaker }) => ({
        row,
        voices: speakers,
        "known, clips": knownClips,
        "known, UAR %": percent(knownUar),
        "new, clips": newClips,
        "new, UAR %": percent(newUar),
        "known less new": percent(gain),
        "by speaker": percentRangeCell(speaker),
      })),
    { caption: "The same voices of CREMA-D, known and new", limit: 40 },
  );
}

/** What each row costs, and UAR on new voices against parameters, time of training and time of an answer. */
export async function showCosts(comparison: Comparison): Promise<void> {
  showTable(
    rankedRows(comparison, "speaker-independent").map(({ name, results }) => {
      const { "speaker-independent": fresh, combined: known } = results;
      const time = (result: RankedResult): string =>
        result.state === "run" ? trainingTime(result) : textWithoutFigure(result);
      return {
        row: name,
        parameters: fresh.state === "run" ? fresh.parameters : null,
        "MB as float16": fresh.state === "run" ? fresh.megabytesAsFloat16 : null,
        "training, new voices": time(fresh),
        "training, known voices": time(known),
        "ms for the answer to 3 s": fresh.state === "run" ? fresh.latencyMilliseconds : null,
      };
    }),
    { limit: 40 },
  );
  for (const cost of ["parameters", "seconds", "latencyMilliseconds"] as const) {
    const chart = costChart(comparison, cost);
    if (chart.series.length > 0) await show(chart);
  }
}

/** Figures published elsewhere, ours beside them, and what was found on checking. */
export function showReferences({ references }: Comparison): void {
  showTable(
    references.map(({ name, metric, value, protocol, row, comparable, ours, checked, source }) => ({
      published: name,
      figure: `${percent(value)} ${metric}, ${protocol}`,
      ours: ours === null ? `${row}: not run` : `${row}: ${percentCell(ours)}, ${comparable}`,
      "found on checking": checked,
      source,
    })),
  );
}

/** Gaps between groups of CREMA-D's actors, for the best rows on new voices and for what `predict` answers with. */
export function showGaps(comparison: Comparison, most = 3): void {
  const ranked = rankedRows(comparison, "speaker-independent").map(({ name }) => name);
  const names = [...ranked.slice(0, most), ...ranked.slice(most).filter((name) => name === defaultModel)];
  const studies = studiesOf(comparison, names);
  for (const study of studies) {
    showTable(
      Object.entries(study.gaps).flatMap(([by, gaps]) =>
        gaps.map(({ group, clips, speakers, uar, gap, clip, speaker }) => ({
          by,
          group,
          speakers,
          clips,
          "UAR %": percent(uar),
          "to the others": percentCell({ value: gap, clip }),
          "by speaker": percentRangeCell(speaker),
        })),
      ),
      { caption: `${study.row}: gaps between groups of actors` },
    );
  }
  const alike = Object.entries(studies[0]?.gaps ?? {}).flatMap(([by, gaps]) =>
    gaps.length === 0 ? [by] : [],
  );
  if (alike.length > 0) {
    showMarkdown(
      `No gap by ${alike.join(" and ")} can be measured: all of these actors are in one group, or none is described.`,
    );
  }
}

/** Whether confidence is deserved, and what is gained by answering only what is sure; for the best rows. */
export async function showSureness(comparison: Comparison, most = 5): Promise<void> {
  const names = rankedRows(comparison, "speaker-independent")
    .slice(0, most)
    .map(({ name }) => name);
  const own = studiesOf(comparison, names);
  if (own.length === 0) return;
  showTable(
    own.map(({ row, calibration }) => ({
      row,
      temperature: calibration.temperature,
      "calibration error before": calibration.errorBefore,
      after: calibration.errorAfter,
    })),
    {
      caption: "Expected calibration error on CREMA-D's test clips of new voices, best rows first",
      percent: ["calibration error before", "after"],
    },
  );
  const better = comparison.studies.filter(
    ({ calibration }) => calibration.errorAfter < calibration.errorBefore,
  );
  showMarkdown(
    `On these clips one temperature, fitted on validation clips of all corpora, lowers the error of ${better.length} of ${comparison.studies.length} rows.`,
  );
  const best = own.find(({ row }) => row === names[0])!;
  const { before, after } = best.calibration;
  await show(
    reliabilityCurve(
      { "as trained": before, "with temperature": after },
      `${best.row}: confidence and accuracy`,
    ),
  );
  await show(selectiveChart(comparison, names));
}

/** Ablations on new voices: the difference, or the command that would tell it. */
export function showAblations({ ablations }: Comparison): void {
  showTable(
    ablations.map(({ of, question, difference, command }) => ({
      row: of,
      question,
      "UAR, difference": difference === null ? `not run: ${command}` : percentCell(difference),
    })),
  );
}

/** Train on each corpus, test on each: UAR over the emotions that both have. */
export async function showTransfer(transfers: readonly Transfer[]): Promise<void> {
  const trained = [...new Set(transfers.map(({ trainedOn }) => trainedOn))];
  const tested = [...new Set(transfers.map(({ testedOn }) => testedOn))];
  const at = (row: string, column: string): number =>
    transfers.find(({ trainedOn, testedOn }) => trainedOn === row && testedOn === column)?.uar.value ?? 0;
  await show(
    heatmap(
      trained.map((row) => tested.map((column) => at(row, column))),
      trained,
      tested,
      {
        title: "Train on each corpus, test on each (frozen Whisper)",
        xTitle: "tested on new voices of",
        yTitle: "trained on",
        valueTitle: "UAR",
        valueFormat: "percent",
        valueDomain: [0, 1],
      },
    ),
  );
  showTable(
    transfers.map(({ trainedOn, testedOn, penalty, uar, emotions, clips }) => ({
      "trained on": trainedOn,
      "tested on": testedOn,
      emotions,
      clips,
      "UAR %": percentCell(uar),
      "by speaker": percentRangeCell(uar.speaker),
      penalty,
    })),
  );
}

/** The same model on three splits: what a random one hides, and what costs most when it is new. */
export async function showLeakage(leaks: readonly Leak[]): Promise<void> {
  await show(
    barsWithIntervals(
      leaks.map(({ apart, uar }) => ({ name: apart, value: uar.value, interval: uar.clip })),
      { title: "One model, three splits", nameTitle: "kept apart in training and test", valueTitle: "UAR" },
    ),
  );
  showTable(
    leaks.map(({ apart, uar, clips, penalty, change }) => ({
      "kept apart": apart,
      clips,
      "UAR %": percentCell(uar),
      "to the random split": change === null ? "–" : percentCell(change),
      "by what is kept apart": percentRangeCell(change?.speaker ?? null),
      penalty,
    })),
    { caption: "Each clip of CREMA-D tested once in each way; one draw of the quarters" },
  );
}
