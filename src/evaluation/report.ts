import { LabError } from "../core/errors.js";
import { createRandom } from "../core/random.js";
import {
  type BootstrapOptions,
  bootstrapSettings,
  fewestSpeakers,
  type Interval,
  percentileInterval,
  resampleClips,
  resampleSpeakers,
  type ScoreSamples,
} from "./intervals.js";
import { type ScoreName, scorePredictions } from "./metrics.js";
import type { Prediction } from "./prediction.js";

/** A figure with its 95% bootstrap intervals: by clip, and by speaker where there are five or more. */
export interface Figure {
  readonly value: number;
  readonly clip: Interval;
  readonly speaker: Interval | null;
}

/** What is said of a group of clips. */
export interface GroupMetrics {
  /** Clips. */
  readonly n: number;
  readonly accuracy: Figure;
  readonly uar: Figure;
  readonly macroF1: Figure;
}

/** What is said of a part (test, validation): all clips, and each corpus by its name. */
export interface PartMetrics {
  readonly all: GroupMetrics;
  readonly [corpus: string]: GroupMetrics;
}

/**
 * The part's metrics as metrics.json holds them: over all clips and for each corpus. Deterministic, whatever the
 * order of the predictions. Throws LabError when there are none.
 */
export function evaluatePredictions(
  predictions: readonly Prediction[],
  options: BootstrapOptions = {},
): PartMetrics {
  return evaluateFolds([predictions], options);
}

/**
 * The metrics of a protocol with folds: every value is the mean over the folds, and an interval resamples
 * within each fold and averages, so it is the interval of that mean. `n` counts the clips of all folds. A corpus
 * is averaged over the folds that hold it. By speaker, one voice less than a fold has is drawn (`SpeakerDraws`), and there
 * is no interval where a fold has fewer than three (`leave-one-corpus-out`: TESS' two).
 * Throws LabError when a clip stands in two folds, as it does where seeds are given for folds.
 */
export function evaluateFolds(
  folds: readonly (readonly Prediction[])[],
  options: BootstrapOptions = {},
): PartMetrics {
  const corpora = [...new Set(folds.flat().map(({ corpus }) => corpus))].sort();
  if (corpora.includes("all"))
    throw new LabError('A corpus is named "all".', 'Rename it: "all" stands for all corpora together.');
  checkApart(folds);
  const ofCorpus = (corpus: string) =>
    folds.map((fold) => fold.filter((row) => row.corpus === corpus)).filter((fold) => fold.length > 0);
  return {
    all: figuresOfFolds(folds, options),
    ...Object.fromEntries(corpora.map((corpus) => [corpus, figuresOfFolds(ofCorpus(corpus), options)])),
  };
}

/** Folds are drawn from independently of each other: the same clip in two of them would count as two. */
function checkApart(folds: readonly (readonly Prediction[])[]): void {
  const before = new Set<string>();
  for (const fold of folds) {
    const clips = new Set(fold.map(({ clip }) => clip));
    for (const clip of clips) {
      if (before.has(clip))
        throw new LabError(
          `${clip} is judged in two folds.`,
          "Give folds without a clip in common; judge each seed by itself.",
        );
      before.add(clip);
    }
  }
}

/**
 * Metrics of each group that `by` names: sex, intensity, speaker, anything the caller knows of a clip. Groups come
 * in alphabetical order. UAR is over the emotions that occur in the group.
 */
export function groupMetrics(
  predictions: readonly Prediction[],
  by: (prediction: Prediction) => string,
  options: BootstrapOptions = {},
): Record<string, GroupMetrics> {
  const groups = new Map<string, Prediction[]>();
  for (const prediction of predictions) {
    const name = by(prediction);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [prediction]);
    else group.push(prediction);
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, group]) => [name, figuresOfFolds([group], options)]));
}

function figuresOfFolds(folds: readonly (readonly Prediction[])[], options: BootstrapOptions): GroupMetrics {
  if (folds.length === 0) throw new LabError("There are no folds to judge.", "Give at least one.");
  const { samples, confidence, seed } = bootstrapSettings(options);
  const scores = folds.map(scorePredictions);
  // Each fold has streams of its own; the first one's are those of predictions without folds.
  const randoms = folds.map((_, fold) => createRandom(seed).fork(fold === 0 ? "clips" : `clips ${fold}`));
  const clips = folds.map((fold, k) => resampleClips(fold, samples, randoms[k]!));
  const speakers = hasVoicesEnough(folds)
    ? folds.map((fold, k) => {
        const random = createRandom(seed).fork(k === 0 ? "speakers" : `speakers ${k}`);
        return resampleSpeakers(fold, samples, random, { fewest: 1, oneLess: folds.length > 1 })!;
      })
    : null;
  const figure = (name: ScoreName): Figure => ({
    value: scores.reduce((sum, score) => sum + score[name], 0) / folds.length,
    clip: percentileInterval(meanSamples(clips, name), confidence),
    speaker: speakers === null ? null : percentileInterval(meanSamples(speakers, name), confidence),
  });
  return {
    n: folds.reduce((sum, fold) => sum + fold.length, 0),
    accuracy: figure("accuracy"),
    uar: figure("uar"),
    macroF1: figure("macroF1"),
  };
}

/** Five voices or more in all, and of several folds three or more in each. */
function hasVoicesEnough(folds: readonly (readonly Prediction[])[]): boolean {
  const voices = folds.map((fold) => new Set(fold.map(({ speaker }) => speaker)));
  if (folds.length > 1 && voices.some(({ size }) => size < 3)) return false;
  return new Set(voices.flatMap((ofFold) => [...ofFold])).size >= fewestSpeakers;
}

function meanSamples(folds: readonly ScoreSamples[], name: ScoreName): Float64Array {
  return folds[0]![name].map((_, i) => folds.reduce((sum, fold) => sum + fold[name][i]!, 0) / folds.length);
}
