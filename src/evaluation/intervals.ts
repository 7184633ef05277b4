import { LabError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import { confusionCell, type ScoreName, scoreNames, scoresOfCounts } from "./metrics.js";
import type { Prediction } from "./prediction.js";
import { checkLabels } from "./prediction-checks.js";

/** [low, high] of a percentile interval. */
export type Interval = readonly [low: number, high: number];

export interface BootstrapOptions {
  /** Resamples; 1,000 where absent. */
  readonly samples?: number;
  /** Share of resamples inside the interval; 0.95 where absent. */
  readonly confidence?: number;
  /** 0 where absent: the same predictions give the same interval everywhere. */
  readonly seed?: number;
}

/** Resampled scores: one array a figure, as long as there are resamples. */
export type ScoreSamples = Readonly<Record<ScoreName, Float64Array>>;

/** With fewer voices than this, resampling voices says nothing and the interval is null. */
export const fewestSpeakers = 5;

const cells = 64;

/**
 * Draws clips with replacement and scores each draw (Efron & Tibshirani 1993, ch. 13). The clips are taken in the
 * order of their confusion cells, so the order of the predictions does not matter.
 */
export function resampleClips(
  predictions: readonly Prediction[],
  samples: number,
  random: Random,
): ScoreSamples {
  checkLabels(predictions);
  const cellOfClip = Uint8Array.from(predictions, confusionCell).sort();
  return drawScores(samples, (counts) => {
    for (let i = 0; i < cellOfClip.length; i++) counts[cellOfClip[random.below(cellOfClip.length)]!]! += 1;
  });
}

export interface SpeakerDraws {
  /** With fewer voices than this there are no draws; `fewestSpeakers` where absent. */
  readonly fewest?: number;
  /**
   * Draws one voice less than there are, for groups of few: k voices drawn from k have (k - 1) / k of the variance that
   * they should (four voices three quarters), k - 1 the whole of it (Rao and Wu 1988, section 2).
   */
  readonly oneLess?: boolean;
}

/**
 * Draws speakers with replacement, each with all of its clips, and scores each draw: clips of one voice are
 * alike, so this interval is the honest one for a new voice. Null with fewer than `fewest` speakers. Clips of several
 * corpora draw from one pool of all voices, so that one voice with many clips widens the interval (TESS: one of the 26
 * voices that `speaker-independent` tests, with 42% of its clips).
 */
export function resampleSpeakers(
  predictions: readonly Prediction[],
  samples: number,
  random: Random,
  { fewest = fewestSpeakers, oneLess = false }: SpeakerDraws = {},
): ScoreSamples | null {
  checkLabels(predictions);
  const bySpeaker = countsBySpeaker(predictions);
  if (bySpeaker.size < fewest) return null;
  const speakers = [...bySpeaker].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, counts]) => counts);
  const draws = oneLess ? Math.max(1, speakers.length - 1) : speakers.length;
  return drawScores(samples, (counts) => {
    for (let draw = 0; draw < draws; draw++) {
      addCounts(counts, speakers[random.below(speakers.length)]!);
    }
  });
}

/** How many clips of each speaker lie in each cell of the confusion matrix (`confusionCell`). */
export function countsBySpeaker(predictions: readonly Prediction[]): Map<string, Int32Array> {
  const bySpeaker = new Map<string, Int32Array>();
  for (const prediction of predictions) {
    const counts = bySpeaker.get(prediction.speaker) ?? new Int32Array(cells);
    bySpeaker.set(prediction.speaker, counts);
    counts[confusionCell(prediction)]! += 1;
  }
  return bySpeaker;
}

/** Adds one set of clips, counted by cell, to another. */
export function addCounts(counts: Int32Array, added: Int32Array): void {
  for (let cell = 0; cell < cells; cell++) counts[cell]! += added[cell]!;
}

function drawScores(samples: number, fill: (counts: Int32Array) => void): ScoreSamples {
  const scores = {
    accuracy: new Float64Array(samples),
    uar: new Float64Array(samples),
    macroF1: new Float64Array(samples),
  };
  const counts = new Int32Array(cells);
  for (let sample = 0; sample < samples; sample++) {
    counts.fill(0);
    fill(counts);
    const drawn = scoresOfCounts(counts);
    for (const name of scoreNames) scores[name][sample] = drawn[name];
  }
  return scores;
}

/** The central share `confidence` of resampled values, with linear interpolation between them as in numpy. */
export function percentileInterval(values: ArrayLike<number>, confidence = 0.95): Interval {
  const sorted = Float64Array.from(values).sort();
  const tail = (1 - confidence) / 2;
  return [quantileOfSorted(sorted, tail), quantileOfSorted(sorted, 1 - tail)];
}

function quantileOfSorted(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (place - below);
}

/** The options with their defaults. Throws LabError for a value that has no meaning. */
export function bootstrapSettings(options: BootstrapOptions): Required<BootstrapOptions> {
  const { samples = 1000, confidence = 0.95, seed = 0 } = options;
  if (!Number.isInteger(samples) || samples < 1)
    throw new LabError(`samples is ${samples}.`, "Use a whole number from 1 up.");
  if (!(confidence > 0 && confidence < 1))
    throw new LabError(`confidence is ${confidence}.`, "Use a share between 0 and 1, such as 0.95.");
  return { samples, confidence, seed };
}
