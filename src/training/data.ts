import type { ProgressListener } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import type { StopSignal } from "../core/stop-signal.js";
import type { Clip } from "../corpora/clip.js";
import { emotionIndex } from "../corpora/emotions.js";
import { cachedFeatures } from "../features/cache.js";
import type { Features } from "../features/feature-spec.js";
import type { SoundVariation } from "../features/sound-variation.js";
import {
  fitStandardisation,
  noStandardisation,
  type Standardisation,
  standardise,
} from "../features/standardise.js";
import type { Example } from "./example.js";
import { frozenFeatures } from "./frozen-block-cache.js";
import { pretrainedOf } from "./run-model.js";
import type { RunSpec, TrainingOptions } from "./run-spec.js";
import { splitOfRun } from "./split-of-run.js";

/** The three parts of a split, ready for training, and what the features were standardised by. */
export interface TrainingData {
  readonly train: readonly Example[];
  readonly validation: readonly Example[];
  readonly test: readonly Example[];
  /** Per band, from the training clips alone; travels with the model. Without effect behind a front end. */
  readonly standardisation: Standardisation;
}

export interface DataOptions {
  readonly settings: Settings;
  readonly onProgress?: ProgressListener | undefined;
  readonly stop?: StopSignal | undefined;
}

/**
 * Loads the clips of a run's corpora, their features (from the cache or anew; where the architecture has a front end,
 * what that one makes of them) and divides them by its protocol.
 */
export async function loadTrainingData(
  spec: RunSpec,
  { settings: given, onProgress, stop }: DataOptions,
): Promise<TrainingData> {
  const settings = { ...given, profile: spec.profile }; // a run's clips are its own profile's, whatever is in force
  const { clips, split } = await splitOfRun(spec, settings);
  const used = new Set([...split.train, ...split.validation, ...split.test]);
  const items = clips.filter((clip) => used.has(clip.id));
  const pretrained = pretrainedOf(spec);
  const describe = (some: readonly Clip[], variation?: SoundVariation): Promise<Map<string, Features>> => {
    const cache = { home: settings.home, variation, onProgress, stop };
    return pretrained === null
      ? cachedFeatures(some, spec.features, cache)
      : frozenFeatures(some, spec.features, pretrained, cache);
  };
  const features = await describe(items);
  const trained = new Set(split.train);
  const trainedItems = items.filter((clip) => trained.has(clip.id));
  const copies: Map<string, Features>[] = [];
  for (const variation of variationsOf(spec.training)) copies.push(await describe(trainedItems, variation));
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const standardisation =
    pretrained === null
      ? fitStandardisation(split.train.map((id) => features.get(id)!))
      : noStandardisation(pretrained.channels);
  const take = (from: Map<string, Features>, id: string): Features => {
    const own = from.get(id)!;
    from.delete(id); // samples of all corpora are gigabytes: one copy at a time
    return pretrained === null ? standardise(own, standardisation) : own;
  };
  const example = (id: string): Example => {
    const clip = byId.get(id)!;
    const own = { clip, features: take(features, id), label: emotionIndex(clip.emotion) };
    const hasCopies = copies.length > 0 && trained.has(id);
    return hasCopies ? { ...own, varied: copies.map((copy) => take(copy, id)) } : own;
  };
  return {
    train: split.train.map(example),
    validation: split.validation.map(example),
    test: split.test.map(example),
    standardisation,
  };
}

function variationsOf({ variedCopies }: TrainingOptions): SoundVariation[] {
  if (variedCopies === undefined) return [];
  const { copies, sound } = variedCopies;
  return Array.from({ length: copies }, (_, i) => ({ sound, number: i + 1 }));
}
