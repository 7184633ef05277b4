import type { StretchJson } from "./answer-json.js";

/** Neighbouring stretches of a timeline of which the same is said. */
export interface JoinedStretch {
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  /** What is said of it. */
  readonly what: string;
  readonly speech: boolean;
  /** The mean of its stretches. */
  readonly confidence: number;
}

type Told = Omit<StretchJson, "probabilities">;

/** A timeline for people: neighbouring stretches of which `say` says the same as one. */
export function joinStretches(timeline: readonly Told[], say: (stretch: Told) => string): JoinedStretch[] {
  const joined: { start: number; end: number; what: string; speech: boolean; confidences: number[] }[] = [];
  for (const stretch of timeline) {
    const { start, end, speech, confidence } = stretch;
    const what = say(stretch);
    const last = joined.at(-1);
    if (last?.what === what) {
      last.end = end;
      last.confidences.push(confidence);
    } else joined.push({ start, end, what, speech, confidences: [confidence] });
  }
  return joined.map(({ confidences, ...stretch }) => ({
    ...stretch,
    confidence: confidences.reduce((sum, one) => sum + one) / confidences.length,
  }));
}
