import { createRandom } from "../../core/random.js";
import type { Clip } from "../../corpora/clip.js";
import { emotionIndex, emotions, likeliestEmotion } from "../../corpora/emotions.js";
import type { Prediction } from "../../evaluation/prediction.js";
import type { Features } from "../../features/feature-spec.js";
import { featureStatistics } from "../../features/statistics.js";
import { fitLinearProbe, type ProbeOptions } from "../../training/linear-probe.js";

/** How clips are dealt to folds: at random, or so that no speaker is on both sides. */
export type Dealing = "by clip" | "by speaker";

/**
 * Cross-validated predictions of a linear probe on the mean and deviation of each band: every clip is predicted once,
 * by a probe that has not seen it. Dealt by clip, the probe knows each voice from other clips; dealt by speaker, it
 * does not. Deterministic for a seed.
 */
export function crossValidateProbe(
  clips: readonly Clip[],
  features: ReadonlyMap<string, Features>,
  dealing: Dealing,
  foldCount: number,
  seed = 42,
): Prediction[] {
  const fold = dealFolds(clips, dealing, foldCount, seed);
  const predictions: Prediction[] = [];
  for (let k = 0; k < foldCount; k++) {
    const train = clips.filter((_, i) => fold[i] !== k);
    const held = clips.filter((_, i) => fold[i] === k);
    predictions.push(...probePredictions(train, held, features));
  }
  return predictions;
}

/** Predictions for `held` by a linear probe that learnt from `train`. */
export function probePredictions(
  train: readonly Clip[],
  held: readonly Clip[],
  features: ReadonlyMap<string, Features>,
  options: Partial<ProbeOptions> = {},
): Prediction[] {
  const vector = (clip: Clip): Float32Array => featureStatistics(features.get(clip.id)!);
  const examples = train.map((clip) => ({ vector: vector(clip), label: emotionIndex(clip.emotion) }));
  const probe = fitLinearProbe(examples, { classes: emotions.length, ...options });
  const probabilities = probe(held.map(vector));
  return held.map(({ id: clip, corpus, speaker, emotion }, i) => {
    const row = probabilities[i]!;
    return {
      clip,
      corpus,
      speaker,
      emotion,
      predicted: likeliestEmotion(row),
      probabilities: row,
    };
  });
}

function dealFolds(clips: readonly Clip[], dealing: Dealing, foldCount: number, seed: number): number[] {
  const random = createRandom(seed);
  const keys = dealing === "by clip" ? clips.map((clip) => clip.id) : clips.map((clip) => clip.speaker);
  const order = random.shuffle([...new Set(keys)]);
  const foldOf = new Map(order.map((key, i) => [key, i % foldCount]));
  return keys.map((key) => foldOf.get(key)!);
}
