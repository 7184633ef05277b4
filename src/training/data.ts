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
  /** Leaves the test clips out: `test` is empty. */
  readonly withoutTest?: boolean | undefined;
}

/**
 * Loads the clips of a run's corpora, their features (from the cache or anew; where the architecture has a front end,
 * what that one makes of them) and divides them by its protocol.
 */
export async function loadTrainingData(
  spec: RunSpec,
  { settings: given, onProgress, stop, withoutTest = false }: DataOptions,
): Promise<TrainingData> {
  const settings = { ...given, profile: spec.profile }; // a run's clips are its own profile's, whatever is in force
  const { clips, split } = await splitOfRun(spec, settings);
  const judged = withoutTest ? [] : split.test;
  const used = new Set([...split.train, ...split.validation, ...judged]);
  const items = clips.filter((clip) => used.has(clip.id));
  const options = { settings, onProgress, stop };
  const features = await describeClips(spec, items, options);
  const trained = new Set(split.train);
  const trainedItems = items.filter((clip) => trained.has(clip.id));
  const copies: Map<string, Features>[] = [];
  for (const variation of variationsOf(spec.training)) {
    copies.push(await describeClips(spec, trainedItems, options, variation));
  }
  const pretrained = pretrainedOf(spec);
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
    test: judged.map(example),
    standardisation,
  };
}

/**
 * The clips that a run answers about as a teacher, without its copies, or each with its sound varied, under the
 * standardisation that the run has kept: those that it withheld from its training, or else those that it was trained on.
 */
export async function loadTaughtClips(
  spec: RunSpec,
  standardisation: Standardisation,
  options: DataOptions,
  variation?: SoundVariation,
): Promise<Example[]> {
  const { clips, split, withheld } = await splitOfRun(spec, { ...options.settings, profile: spec.profile });
  const asked = spec.withheld === undefined ? split.train : withheld;
  return await loadExamples(spec, clips, asked, standardisation, options, variation);
}

/** The clips that a run is judged on, under the standardisation that it has kept: nothing else is read. */
export async function loadJudgedClips(
  spec: RunSpec,
  part: "validation" | "test",
  standardisation: Standardisation,
  options: DataOptions,
): Promise<Example[]> {
  const { clips, split } = await splitOfRun(spec, { ...options.settings, profile: spec.profile });
  return await loadExamples(spec, clips, split[part], standardisation, options);
}

/** The clips of these ids, or the copies of one variation, as a run's network is given them. */
async function loadExamples(
  spec: RunSpec,
  clips: readonly Clip[],
  ids: readonly string[],
  standardisation: Standardisation,
  options: DataOptions,
  variation?: SoundVariation,
): Promise<Example[]> {
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const items = ids.map((id) => byId.get(id)!);
  const features = await describeClips(spec, items, options, variation);
  const isStandardised = pretrainedOf(spec) === null;
  return items.map((clip) => {
    const own = features.get(clip.id)!;
    features.delete(clip.id);
    const described = isStandardised ? standardise(own, standardisation) : own;
    return { clip, features: described, label: emotionIndex(clip.emotion) };
  });
}

/** What a run's network is given of clips, by id, or of their copies of one variation; from the cache or anew. */
function describeClips(
  spec: RunSpec,
  clips: readonly Clip[],
  { settings, onProgress, stop }: DataOptions,
  variation?: SoundVariation,
): Promise<Map<string, Features>> {
  const pretrained = pretrainedOf(spec);
  const cache = { home: settings.home, variation, onProgress, stop };
  return pretrained === null
    ? cachedFeatures(clips, spec.features, cache)
    : frozenFeatures(clips, spec.features, pretrained, cache);
}

/** The copies of each training clip that training asks for, the same in every epoch. */
export function variationsOf({ variedCopies }: TrainingOptions): SoundVariation[] {
  if (variedCopies === undefined) return [];
  const { copies, sound } = variedCopies;
  return Array.from({ length: copies }, (_, i) => ({ sound, number: i + 1 }));
}
