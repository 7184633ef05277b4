import { type StretchJson, stretchJson } from "../inference/answer-json.js";
import type { StreamAnswer, StreamSummary } from "./stream-session.js";

/** One answer of a stream as JSON: a line of `listen --json`, a message of the service. */
export interface StreamAnswerJson extends StretchJson {
  readonly type: "answer";
  readonly behind: number;
  readonly dropped: number;
}

export function streamAnswerJson(answer: StreamAnswer, labels: readonly string[]): StreamAnswerJson {
  const { behind, dropped } = answer;
  return { type: "answer", ...stretchJson(answer, labels), behind: milli(behind), dropped: milli(dropped) };
}

/** What a stream has come to as JSON: the last line of `listen --json`, the last message of the service. */
export function streamSummaryJson(summary: StreamSummary): StreamSummary & { readonly type: "summary" } {
  const { seconds, dropped, mostBehind } = summary;
  return {
    ...{ type: "summary", ...summary },
    ...{ seconds: milli(seconds), dropped: milli(dropped), mostBehind: milli(mostBehind) },
  };
}

/** Seconds to the millisecond. */
function milli(seconds: number): number {
  return Number(seconds.toFixed(3));
}
