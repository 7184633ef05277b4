import { LabError } from "../core/errors.js";
import { wholePercent } from "../core/percent.js";
import type { Chart } from "./chart.js";

/** A stretch of a recording: when, and how probable each emotion is in it. */
export interface TimelineStretch {
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  /** Whether somebody speaks in it; it stays empty where nobody does. */
  readonly speech: boolean;
  /** In the order of the labels. */
  readonly probabilities: readonly number[];
}

/**
 * The emotions of a recording along its time: the probabilities of each stretch stand on each other, in the emotions'
 * colours; where nobody speaks there is nothing. Throws LabError for no stretches.
 */
export function emotionTimeline(
  stretches: readonly TimelineStretch[],
  labels: readonly string[],
  title: string,
): Chart {
  const last = stretches.at(-1);
  if (last === undefined) throw new LabError("The timeline has no stretches.", "Give at least one.");
  const hop = stretches[0]!.end - stretches[0]!.start;
  // Evenly, also the last one, which ends with the recording.
  const x = stretches.map(({ start }) => start + hop / 2);
  const spoken = stretches.filter(({ speech }) => speech).length;
  const share = wholePercent(spoken / stretches.length);
  return {
    title,
    description: `Probability of each emotion over ${last.end.toFixed(1)} seconds; ${share} of them are speech.`,
    x: { title: "time", kind: "number", format: "seconds", domain: [0, last.end] },
    y: { title: "probability", kind: "number", format: "percent", domain: [0, 1] },
    series: labels.map((name, k) => ({
      mark: "bar",
      name,
      x,
      y: stretches.map(({ speech, probabilities }) => (speech ? Number(probabilities[k]!.toFixed(4)) : 0)),
    })),
    stacked: true,
    width: 900,
    height: 340,
  };
}
