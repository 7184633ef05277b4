import { LabError } from "../core/errors.js";
import { createRandom, type Random } from "../core/random.js";
import { chiSquareTail, exactSignTest } from "./distributions.js";
import {
  type BootstrapOptions,
  bootstrapSettings,
  fewestSpeakers,
  type Interval,
  percentileInterval,
} from "./intervals.js";
import { confusionCell, type ScoreName, scoreNames, scorePredictions, scoresOfCounts } from "./metrics.js";
import type { Prediction } from "./prediction.js";
import { checkLabels } from "./prediction-checks.js";

/** The outcome of McNemar's test. */
export interface McNemarResult {
  /** Clips that only the first run got right, and only the second. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** The exact binomial test below 25 discordant clips, else chi-square with continuity correction. */
  readonly method: "exact" | "chi-square";
  /** The chi-square statistic; null for the exact test. */
  readonly statistic: number | null;
  /** Two-sided: how probable so unequal a count is when the runs are equally good. */
  readonly pValue: number;
}

const fewestForChiSquare = 25;

/**
 * The second run's predictions in the order of the first's. Throws LabError, with examples, when the runs judge
 * different clips or disagree about a label.
 */
export function alignPredictions(first: readonly Prediction[], second: readonly Prediction[]): Prediction[] {
  const byClip = new Map(second.map((prediction) => [prediction.clip, prediction]));
  const clips = new Set(first.map(({ clip }) => clip));
  const onlyFirst = [...clips].filter((clip) => !byClip.has(clip));
  const onlySecond = [...byClip.keys()].filter((clip) => !clips.has(clip));
  if (onlyFirst.length + onlySecond.length > 0) {
    const side = (name: string, missing: string[]) =>
      `${missing.length} only in the ${name}${missing.length > 0 ? ` (such as ${missing[0]})` : ""}`;
    throw new LabError(
      `The two runs judge different clips: ${side("first", onlyFirst)}, ${side("second", onlySecond)}.`,
      "Compare runs of one protocol, fold and part.",
    );
  }
  if (clips.size !== first.length || byClip.size !== second.length)
    throw new LabError("A run judges a clip twice.", "Give every clip one prediction.");
  return first.map(({ clip, emotion }) => {
    const other = byClip.get(clip)!;
    if (other.emotion !== emotion)
      throw new LabError(
        `${clip} is labelled ${emotion} in the first run and ${other.emotion} in the second.`,
        "Evaluate both on the same labels.",
      );
    return other;
  });
}

/**
 * McNemar's test of whether two runs get equally many of the same clips right (McNemar 1947; continuity correction
 * Edwards 1948). Throws as `alignPredictions` does.
 */
export function testMcNemar(first: readonly Prediction[], second: readonly Prediction[]): McNemarResult {
  checkLabels(first);
  const other = alignPredictions(first, second);
  const isRight = (prediction: Prediction): boolean => prediction.predicted === prediction.emotion;
  let onlyFirst = 0;
  let onlySecond = 0;
  first.forEach((prediction, i) => {
    if (isRight(prediction) && !isRight(other[i]!)) onlyFirst += 1;
    if (!isRight(prediction) && isRight(other[i]!)) onlySecond += 1;
  });
  return mcNemarOfCounts(onlyFirst, onlySecond);
}

/** McNemar's test from the two counts of discordant clips. */
export function mcNemarOfCounts(onlyFirst: number, onlySecond: number): McNemarResult {
  const discordant = onlyFirst + onlySecond;
  if (discordant < fewestForChiSquare) {
    const pValue = exactSignTest(Math.min(onlyFirst, onlySecond), discordant);
    return { onlyFirst, onlySecond, method: "exact", statistic: null, pValue };
  }
  const statistic = Math.max(0, Math.abs(onlyFirst - onlySecond) - 1) ** 2 / discordant;
  return { onlyFirst, onlySecond, method: "chi-square", statistic, pValue: chiSquareTail(statistic) };
}

/** The difference second - first of one figure. */
export interface PairedDifference {
  readonly value: number;
  readonly clip: Interval;
  /** By speaker, or by what else `unitOf` draws whole; null with fewer than five. */
  readonly speaker: Interval | null;
  /** Two-sided, by clip: twice the smaller share of resamples on either side of 0, at least 2 / (samples + 1). */
  readonly pValueClip: number;
  readonly pValueSpeaker: number | null;
}

export interface PairedOptions extends BootstrapOptions {
  /** What is drawn whole beside single clips: the speaker where absent, the sentence where sentences are what is new. */
  readonly unitOf?: (prediction: Prediction) => string;
}

/**
 * Paired bootstrap of the differences second - first in accuracy, UAR and macro-F1: each resample takes the same
 * clips (or the same speakers with all their clips) from both runs. Throws as `alignPredictions` does.
 */
export function comparePaired(
  first: readonly Prediction[],
  second: readonly Prediction[],
  { unitOf = ({ speaker }) => speaker, ...options }: PairedOptions = {},
): Record<ScoreName, PairedDifference> {
  const { samples, confidence, seed } = bootstrapSettings(options);
  checkLabels(first);
  const sorted = [...first].sort((a, b) => (a.clip < b.clip ? -1 : 1));
  const other = alignPredictions(sorted, second);
  const pairs = sorted.map((prediction, i): Pair => [confusionCell(prediction), confusionCell(other[i]!)]);
  const random = createRandom(seed);
  const byClip = resampleDifferences(
    pairs.map((pair) => [pair]),
    samples,
    random.fork("paired clips"),
  );
  const voices = groupPairs(sorted.map(unitOf), pairs);
  const bySpeaker =
    voices.length < fewestSpeakers
      ? null
      : resampleDifferences(voices, samples, random.fork("paired speakers"));
  const [a, b] = [scorePredictions(sorted), scorePredictions(other)];
  const difference = (name: ScoreName): PairedDifference => ({
    value: b[name] - a[name],
    clip: percentileInterval(byClip[name], confidence),
    speaker: bySpeaker === null ? null : percentileInterval(bySpeaker[name], confidence),
    pValueClip: twoSided(byClip[name]),
    pValueSpeaker: bySpeaker === null ? null : twoSided(bySpeaker[name]),
  });
  return { accuracy: difference("accuracy"), uar: difference("uar"), macroF1: difference("macroF1") };
}

/** The confusion cells of one clip in the two runs. */
type Pair = readonly [first: number, second: number];

function groupPairs(units: readonly string[], pairs: readonly Pair[]): Pair[][] {
  const groups = new Map<string, Pair[]>();
  units.forEach((unit, i) => {
    const group = groups.get(unit);
    if (group === undefined) groups.set(unit, [pairs[i]!]);
    else group.push(pairs[i]!);
  });
  return [...groups.values()];
}

function resampleDifferences(
  units: readonly (readonly Pair[])[],
  samples: number,
  random: Random,
): Record<ScoreName, Float64Array> {
  const make = () => new Float64Array(samples);
  const differences = { accuracy: make(), uar: make(), macroF1: make() };
  const [countsFirst, countsSecond] = [new Int32Array(64), new Int32Array(64)];
  for (let sample = 0; sample < samples; sample++) {
    countsFirst.fill(0);
    countsSecond.fill(0);
    for (let draw = 0; draw < units.length; draw++) {
      for (const [cellFirst, cellSecond] of units[random.below(units.length)]!) {
        countsFirst[cellFirst]! += 1;
        countsSecond[cellSecond]! += 1;
      }
    }
    const [a, b] = [scoresOfCounts(countsFirst), scoresOfCounts(countsSecond)];
    for (const name of scoreNames) differences[name][sample] = b[name] - a[name];
  }
  return differences;
}

function twoSided(differences: Float64Array): number {
  let below = 1;
  let above = 1;
  for (const difference of differences) {
    if (difference <= 0) below += 1;
    if (difference >= 0) above += 1;
  }
  return Math.min(1, (2 * Math.min(below, above)) / (differences.length + 1));
}
