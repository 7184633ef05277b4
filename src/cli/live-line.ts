import { wholePercent } from "../core/percent.js";
import { oneLine } from "../core/shown-text.js";
import { streamAnswerJson, streamSummaryJson } from "../service/stream-json.js";
import type { StreamAnswer, StreamSummary } from "../service/stream-session.js";

/** Shows answers as they come. */
export interface LiveLine {
  show(answer: StreamAnswer): void;
  /** Ends with the summary, which `told` has in words. */
  close(summary: StreamSummary, told: string): void;
}

type Output = Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean };

const barCells = 20;

/**
 * Answers for people: one line that is written anew on a terminal, else a line each. With `asJson` one object a line,
 * and the summary as the last of them (`type: "summary"`); people read the summary on standard error.
 */
export function openLiveLine(
  labels: readonly string[],
  asJson: boolean,
  output: Output = process.stdout,
  errors: Output = process.stderr,
): LiveLine {
  const widest = Math.max(...[...labels, "no speech"].map(({ length }) => length));
  const isInPlace = output.isTTY === true && !asJson;
  return {
    show(answer) {
      if (asJson) {
        output.write(`${JSON.stringify(streamAnswerJson(answer, labels))}\n`);
      } else {
        const line = oneLine(answerLine(answer, widest)); // a card from elsewhere names the emotions
        output.write(isInPlace ? `\r\x1b[2K${line}` : `${line}\n`);
      }
    },
    close(summary, told) {
      if (isInPlace) output.write("\n");
      if (asJson) output.write(`${JSON.stringify(streamSummaryJson(summary))}\n`);
      errors.write(`${told}\n`);
    },
  };
}

/** `   12.5 s  happy      71%  ██████████████      unsure  dropped 1.2 s`. */
function answerLine(answer: StreamAnswer, widest: number): string {
  const { end, speech, emotion, confidence, unsure, dropped } = answer;
  const time = `${end.toFixed(1)} s`.padStart(10);
  const notes = dropped > 0 ? `  dropped ${dropped.toFixed(1)} s` : "";
  if (!speech) return `${time}  ${"no speech".padEnd(widest)}${notes}`;
  const percent = wholePercent(confidence).padStart(4);
  const bar = "█".repeat(Math.round(barCells * confidence)).padEnd(barCells);
  return `${time}  ${emotion.padEnd(widest)}  ${percent}  ${bar}${unsure ? "  unsure" : ""}${notes}`.trimEnd();
}
