import { joinStretches } from "../../inference/join-stretches.js";
import type { Stretch } from "../export-timeline.js";
import { sentences, texts } from "../strings.js";
import { byId } from "./elements.js";

/** A timeline for those who read it: neighbouring stretches of one emotion as one row. */
export function showTimelineTable(timeline: readonly Stretch[]): void {
  const rows = joinStretches(timeline, ({ emotion, speech, unsure }) =>
    speech ? (unsure ? `${emotion} (${texts.unsureMark})` : emotion) : texts.noSpeechWord,
  );
  byId("timeline-rows").replaceChildren(
    ...rows.map(({ start, end, what, speech, confidence }) =>
      rowOf(sentences.timeRange(start, end), what, speech ? sentences.percent(confidence) : ""),
    ),
  );
}

function rowOf(...cells: readonly string[]): HTMLTableRowElement {
  const row = document.createElement("tr");
  for (const text of cells) row.insertCell().textContent = text;
  return row;
}
