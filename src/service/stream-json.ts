import { type StretchJson, stretchJson } from "../inference/answer-json.js";
import type { StreamAnswer } from "./stream-session.js";

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

/** Seconds to the millisecond. */
export function milli(seconds: number): number {
  return Number(seconds.toFixed(3));
}
