import { stringify } from "csv-stringify/sync";
import type { RecordingAnswer, TimelineEntry } from "../inference/timeline.js";
import { alignTable, percent } from "./text-table.js";

type Probabilities = Readonly<Record<string, number>>;

/** What `predict --json` tells of a file. Fields may be added; none is renamed or taken away. */
export interface FileAnswer {
  /** As it was given, or found in a folder; `-` for standard input. */
  readonly file: string;
  /** Seconds. */
  readonly duration: number;
  readonly emotion: string;
  /** Its probability after calibration. */
  readonly confidence: number;
  readonly probabilities: Probabilities;
  /** The row's name of the model that answers. */
  readonly model: string;
  /** Whether somebody speaks in it; where nobody does, the emotion means nothing. */
  readonly speech: boolean;
  /** Whether the confidence is below the threshold of the model's card. */
  readonly unsure: boolean;
  readonly timeline: readonly TimelineAnswer[];
}

interface TimelineAnswer {
  readonly start: number;
  readonly end: number;
  readonly emotion: string;
  readonly confidence: number;
  readonly probabilities: Probabilities;
  readonly speech: boolean;
  readonly unsure: boolean;
}

/** An answer with probabilities by name and six decimals, as in predictions.csv. */
export function fileAnswer(
  file: string,
  answer: RecordingAnswer,
  { name: model, labels }: { readonly name: string; readonly labels: readonly string[] },
): FileAnswer {
  const named = (probabilities: readonly number[]): Probabilities =>
    Object.fromEntries(labels.map((label, k) => [label, round(probabilities[k]!)]));
  const { duration, emotion, confidence, probabilities, speech, unsure } = answer;
  const entry = (one: TimelineEntry): TimelineAnswer => ({
    ...{
      start: round(one.start),
      end: round(one.end),
      emotion: one.emotion,
      confidence: round(one.confidence),
    },
    ...{ probabilities: named(one.probabilities), speech: one.speech, unsure: one.unsure },
  });
  return {
    ...{ file, duration: round(duration), emotion, confidence: round(confidence) },
    ...{ probabilities: named(probabilities), model, speech, unsure },
    timeline: answer.timeline.map(entry),
  };
}

function round(value: number): number {
  return Number(value.toFixed(6));
}

/** A line a file under a header; `speech` and `unsure` are 1 or 0. */
export function answersCsv(answers: readonly FileAnswer[], labels: readonly string[]): string {
  const rows = answers.map(({ probabilities, speech, unsure, timeline: _, ...answer }) => ({
    ...answer,
    ...{ speech: Number(speech), unsure: Number(unsure) },
    ...Object.fromEntries(labels.map((label) => [`p_${label}`, probabilities[label]])),
  }));
  const columns = ["file", "duration", "emotion", "confidence", "model", "speech", "unsure"];
  return stringify(rows, { header: true, columns: [...columns, ...labels.map((label) => `p_${label}`)] });
}

/** A line a stretch of one recording. */
export function timelineCsv({ timeline }: FileAnswer, labels: readonly string[]): string {
  const rows = timeline.map(({ probabilities, speech, unsure, ...stretch }) => ({
    ...stretch,
    ...{ speech: Number(speech), unsure: Number(unsure) },
    ...Object.fromEntries(labels.map((label) => [`p_${label}`, probabilities[label]])),
  }));
  const columns = ["start", "end", "emotion", "confidence", "speech", "unsure"];
  return stringify(rows, { header: true, columns: [...columns, ...labels.map((label) => `p_${label}`)] });
}

/** A table for people, in percent: no emotion where nobody speaks, a question mark where the model is unsure. */
export function answersTable(answers: readonly FileAnswer[], labels: readonly string[]): string {
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
export function timelineTable({ timeline }: FileAnswer): string {
  const stretches: { start: number; end: number; what: string; confidences: number[] }[] = [];
  for (const { start, end, emotion, confidence, speech, unsure } of timeline) {
    const what = speech ? `${emotion}${unsure ? "?" : ""}` : "(no speech)";
    const last = stretches.at(-1);
    if (last?.what === what) {
      last.end = end;
      last.confidences.push(confidence);
    } else stretches.push({ start, end, what, confidences: [confidence] });
  }
  const rows = stretches.map(({ start, end, what, confidences }) => [
    `${clock(start)} – ${clock(end)}`,
    what,
    what === "(no speech)" ? "" : percent(confidences.reduce((sum, one) => sum + one) / confidences.length),
  ]);
  return alignTable(["time", "emotion", "confidence"], rows, ["left", "left", "right"]);
}

/** Seconds as 1:02.5 or 1:02:03.5. */
function clock(seconds: number): string {
  const tenths = Math.round(10 * seconds);
  const [hours, minutes] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60];
  const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}
