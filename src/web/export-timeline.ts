import { rounded } from "../inference/answer-json.js";

/** A stretch of a timeline as it is shown and saved. */
export interface Stretch {
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  readonly emotion: string;
  readonly confidence: number;
  readonly speech: boolean;
  readonly unsure: boolean;
  /** In the order of the labels. */
  readonly probabilities: readonly number[];
}

/**
 * A timeline in the columns of `affectlab predict --timeline FILE.csv`: a line a stretch. Every cell is a number or the name
 * of an emotion, so none needs quotes; the library that writes the command's would make the page 10 KB heavier.
 */
export function timelineCsv(timeline: readonly Stretch[], labels: readonly string[]): string {
  const header = ["start", "end", "emotion", "confidence", "speech", "unsure"];
  const rows = timeline.map(({ start, end, emotion, confidence, speech, unsure, probabilities }) => [
    ...[rounded(start), rounded(end), emotion, rounded(confidence), Number(speech), Number(unsure)],
    ...probabilities.map(rounded),
  ]);
  return [[...header, ...labels.map((label) => `p_${label}`)], ...rows]
    .map((row) => `${row.join(",")}\n`)
    .join("");
}

/** Hands a file to the person who uses the page. */
export function saveFile(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads it after this task.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
