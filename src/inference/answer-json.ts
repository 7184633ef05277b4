import type { EmotionAnswer } from "./predict.js";
import type { RecordingAnswer } from "./timeline.js";

/** An emotion as JSON: in `predict --json`, in the service's answers and in those of a stream. */
export interface EmotionJson {
  readonly emotion: string;
  /** Calibrated, 0 to 1. */
  readonly confidence: number;
  readonly unsure: boolean;
  /** Whether somebody speaks; where nobody does, the emotion means nothing. */
  readonly speech: boolean;
  /** By label, summing to 1. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** A stretch of a recording or a stream as JSON. */
export interface StretchJson extends EmotionJson {
  /** Seconds from the beginning. */
  readonly start: number;
  readonly end: number;
}

/** The answer for a recording as JSON. Fields may be added; none is renamed or taken away. */
export interface RecordingJson extends EmotionJson {
  /** As it was given, or found in a folder; `-` for standard input; in the service the name that the client gave. */
  readonly file: string;
  /** Seconds. */
  readonly duration: number;
  /** Without gaps; one entry for what the model hears at once. */
  readonly timeline: readonly StretchJson[];
  /** The row's name of the model that answers. */
  readonly model: string;
}

type Spoken = EmotionAnswer & { readonly speech: boolean };

/** Probabilities by name, rounded as in predictions.csv. */
export function emotionJson(answer: Spoken, labels: readonly string[]): EmotionJson {
  const { emotion, confidence, unsure, speech, probabilities } = answer;
  return {
    ...{ emotion, confidence: rounded(confidence) },
    probabilities: Object.fromEntries(labels.map((label, i) => [label, rounded(probabilities[i]!)])),
    ...{ speech, unsure },
  };
}

export function stretchJson(
  answer: Spoken & { readonly start: number; readonly end: number },
  labels: readonly string[],
): StretchJson {
  return { start: rounded(answer.start), end: rounded(answer.end), ...emotionJson(answer, labels) };
}

export function recordingJson(
  answer: RecordingAnswer,
  file: string,
  { name, labels }: { readonly name: string; readonly labels: readonly string[] },
): RecordingJson {
  const { speech, unsure, ...told } = emotionJson(answer, labels);
  return {
    ...{ file, duration: rounded(answer.duration), ...told, model: name, speech, unsure },
    timeline: answer.timeline.map((entry) => stretchJson(entry, labels)),
  };
}

/** Six decimals, as in predictions.csv. */
export function rounded(value: number): number {
  return Number(value.toFixed(6));
}
