import type { Stretch } from "../export-timeline.js";
import { sentences, texts } from "../strings.js";
import { byId } from "./elements.js";

/** A timeline for those who read it: neighbouring stretches of one emotion as one row. */
export function showTimelineTable(timeline: readonly Stretch[]): void {
  const rows: { start: number; end: number; what: string; confidences: number[] }[] = [];
  for (const { start, end, emotion, confidence, speech, unsure } of timeline) {
    const what = speech ? (unsure ? `${emotion} (${texts.unsureMark})` : emotion) : texts.noSpeechWord;
    const last = rows.at(-1);
    if (last?.what === what) {
      last.end = end;
      last.confidences.push(confidence);
    } else rows.push({ start, end, what, confidences: [confidence] });
  }
  byId("timeline-rows").replaceChildren(
    ...rows.map(({ start, end, what, confidences }) => {
      const mean = confidences.reduce((sum, one) => sum + one) / confidences.length;
      return rowOf(
        sentences.timeRange(start, end),
        what,
        what === texts.noSpeechWord ? "" : sentences.percent(mean),
      );
    }),
  );
}

function rowOf(...cells: readonly string[]): HTMLTableRowElement {
  const row = document.createElement("tr");
  for (const text of cells) row.insertCell().textContent = text;
  return row;
}
