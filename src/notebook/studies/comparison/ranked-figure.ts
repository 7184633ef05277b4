import type { Prediction } from "../../../evaluation/prediction.js";
import type { Figure } from "../../../evaluation/report.js";
import type { PublishedResult } from "../../../training/published.js";
import type { RankedProtocol } from "./comparison.js";

/** What rows are ranked by on each protocol. */
export const rankedFigures: Record<RankedProtocol, string> = {
  "speaker-independent": "UAR on CREMA-D's test clips, voices that are not in training",
  combined: "accuracy on all test clips, voices that are in training",
};

/** The predictions that a protocol's ranking is about: CREMA-D's on new voices, where that corpus is there; else all. */
export function rankedClips(protocol: RankedProtocol, test: readonly Prediction[]): readonly Prediction[] {
  const ofCremaD = test.filter(({ corpus }) => corpus === "crema-d");
  return protocol === "speaker-independent" && ofCremaD.length > 0 ? ofCremaD : test;
}

/** The ranked figure of metrics: UAR of CREMA-D on new voices, accuracy of all clips on known ones. */
export function rankedFigure(protocol: RankedProtocol, result: PublishedResult): Figure {
  return protocol === "combined" ? result.metrics.test.all.accuracy : uarOfRankedCorpus(result);
}

/** UAR of CREMA-D's test clips; of all where that corpus is not among them. */
export function uarOfRankedCorpus({ metrics: { test } }: PublishedResult): Figure {
  return (test["crema-d"] ?? test.all).uar;
}
