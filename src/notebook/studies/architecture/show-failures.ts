import { dotsWithIntervals } from "../../../charts/intervals.js";
import type { Clip } from "../../../corpora/clip.js";
import type { Prediction } from "../../../evaluation/prediction.js";
import { groupMetrics } from "../../../evaluation/report.js";
import type { Run } from "../../../training/run-store.js";
import { show, showTable } from "../../display.js";
import { metricRows, uarRows } from "../../metric-rows.js";

/** A speaker's age as a group that is large enough to be judged: `under 30`, `30 to 49`, `50 and over`, `unknown`. */
export function ageGroupOf(age: number | null): string {
  if (age === null) return "unknown";
  if (age < 30) return "under 30";
  return age < 50 ? "30 to 49" : "50 and over";
}

/** The wrong decisions that the model was surest of, surest first; at most `count`. Equal ones come by clip name. */
export function confidentMistakes(predictions: readonly Prediction[], count = 10): Prediction[] {
  const surety = ({ probabilities }: Prediction): number => Math.max(...probabilities);
  return predictions
    .filter(({ emotion, predicted }) => emotion !== predicted)
    .sort((a, b) => surety(b) - surety(a) || (a.clip < b.clip ? -1 : 1))
    .slice(0, count);
}

/**
 * Where a run fails on its test clips: by sex, age group and intensity within each corpus, by speaker, and its ten most
 * confident mistakes by name. `clips`: the catalogue that the run's clips are in.
 */
export async function showFailures(run: Run, clips: readonly Clip[]): Promise<void> {
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const tableBy = (title: string, group: (clip: Clip) => string): void =>
    showTable(
      metricRows(
        groupMetrics(run.test, ({ clip }) => group(byId.get(clip)!)),
        title,
      ),
    );
  // Within a corpus: one voice of TESS, a woman's, has more clips than all other women together.
  tableBy("sex", ({ corpus, sex }) => `${corpus}: ${sex}`);
  tableBy("age", ({ corpus, age }) => `${corpus}: ${ageGroupOf(age)}`);
  tableBy("intensity", ({ corpus, intensity }) => `${corpus}: ${intensity}`);
  const bySpeaker = uarRows(groupMetrics(run.test, ({ speaker }) => speaker));
  await show(
    dotsWithIntervals(
      bySpeaker.sort((a, b) => b.value - a.value),
      { title: "UAR by speaker", nameTitle: "speaker", valueTitle: "UAR" },
    ),
  );
  showTable(
    confidentMistakes(run.test).map(({ clip, emotion, predicted, probabilities }) => ({
      clip,
      label: emotion,
      decision: predicted,
      probability: Math.max(...probabilities),
    })),
    { caption: "The most confident mistakes", percent: ["probability"] },
  );
}
