import { barsWithIntervals } from "../../../charts/intervals.js";
import { confusionMatrix } from "../../../charts/matrices.js";
import { emotions } from "../../../corpora/emotions.js";
import { countConfusions } from "../../../evaluation/metrics.js";
import type { Run } from "../../../training/run-store.js";
import { show, showTable } from "../../display.js";
import { metricRows, uarRows } from "../../metric-rows.js";
import { type RunPair, showRuns } from "./runs.js";

/** Test figures with their intervals on both protocols: a table each, and UAR side by side in one picture. */
export async function showTestFigures({ newVoices, combined }: RunPair): Promise<void> {
  showTable(metricRows(newVoices.metrics.test), {
    caption: "speaker-independent: voices that are not in training",
  });
  showTable(metricRows(combined.metrics.test), { caption: "combined: voices that are in training" });
  await show(
    barsWithIntervals(
      [
        ...uarRows(combined.metrics.test, "voices known (combined)"),
        ...uarRows(newVoices.metrics.test, "new voices (speaker-independent)"),
      ],
      { title: "UAR on test clips", nameTitle: "clips of", valueTitle: "UAR" },
    ),
  );
}

/** The confusion matrix of each protocol's test clips. */
export async function showConfusions({ newVoices, combined }: RunPair): Promise<void> {
  const titles = {
    newVoices: "New voices: label and decision",
    combined: "Known voices: label and decision",
  };
  await show(confusionMatrix(countConfusions(newVoices.test), emotions, titles.newVoices));
  await show(confusionMatrix(countConfusions(combined.test), emotions, titles.combined));
}

/** Variants of an architecture on one protocol, by name: their runs, and their test figures in one table and one picture. */
export async function showVariants(variants: Readonly<Record<string, Run>>): Promise<void> {
  const named = Object.entries(variants);
  showRuns(named.map(([, run]) => run));
  showTable(
    named.flatMap(([row, { metrics }]) => metricRows(metrics.test).map((figures) => ({ row, ...figures }))),
  );
  await show(
    barsWithIntervals(
      named.flatMap(([row, { metrics }]) => uarRows(metrics.test, row)),
      { title: "UAR on test clips", nameTitle: "clips of", valueTitle: "UAR" },
    ),
  );
}
