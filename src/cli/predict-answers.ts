import { stringify } from "csv-stringify/sync";
import { clock } from "../core/clock.js";
import { percent } from "../core/percent.js";
import type { EmotionJson, RecordingJson } from "../inference/answer-json.js";
import { joinStretches } from "../inference/join-stretches.js";
import { alignTable } from "./text-table.js";

/** A line a file under a header; `speech` and `unsure` are 1 or 0. */
export function answersCsv(answers: readonly RecordingJson[], labels: readonly string[]): string {
  return answerRows(
    answers,
    ["file", "duration", "emotion", "confidence", "model", "speech", "unsure"],
    labels,
  );
}

/** A line a stretch of one recording. */
export function timelineCsv({ timeline }: RecordingJson, labels: readonly string[]): string {
  return answerRows(timeline, ["start", "end", "emotion", "confidence", "speech", "unsure"], labels);
}

function answerRows(
  answers: readonly EmotionJson[],
  columns: readonly string[],
  labels: readonly string[],
): string {
  const rows = answers.map(({ probabilities, speech, unsure, ...others }) => ({
    ...others,
    ...{ speech: Number(speech), unsure: Number(unsure) },
    ...Object.fromEntries(labels.map((label) => [`p_${label}`, probabilities[label]])),
  }));
  return stringify(rows, { header: true, columns: [...columns, ...labels.map((label) => `p_${label}`)] });
}

/** A table for people, in percent: no emotion where nobody speaks, a question mark where the model is unsure. */
export function answersTable(answers: readonly RecordingJson[], labels: readonly string[]): string {
  const rows = answers.map(({ file, emotion, confidence, probabilities, speech, unsure }) =>
    speech
      ? [
          ...[file, unsure ? `${emotion}?` : emotion, percent(confidence)],
          ...labels.map((label) => percent(probabilities[label]!)),
        ]
      : [file, "(no speech)"],
  );
  const sides = ["left", "left", ...[...labels, "confidence"].map(() => "right" as const)] as const;
  const table = alignTable(["%", "emotion", "confidence", ...labels], rows, sides);
  const hasUnsure = answers.some(({ speech, unsure }) => speech && unsure);
  return hasUnsure
    ? `${table}\n\n? unsure: an answer of this confidence is more often wrong than right`
    : table;
}

/** A recording's timeline for people: neighbouring stretches of one emotion as one line. */
export function timelineTable({ timeline }: RecordingJson): string {
  const stretches = joinStretches(timeline, ({ emotion, speech, unsure }) =>
    speech ? `${emotion}${unsure ? "?" : ""}` : "(no speech)",
  );
  const rows = stretches.map(({ start, end, what, speech, confidence }) => [
    `${clock(start)} – ${clock(end)}`,
    what,
    speech ? percent(confidence) : "",
  ]);
  return alignTable(["time", "emotion", "confidence"], rows, ["left", "left", "right"]);
}
