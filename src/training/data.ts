import type { ProgressListener } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import type { StopSignal } from "../core/stop-signal.js";
import { loadCatalogueFor } from "../corpora/catalogue.js";
import { emotionIndex } from "../corpora/emotions.js";
import { cachedFeatures } from "../features/cache.js";
import {
  fitStandardisation,
  noStandardisation,
  type Standardisation,
  standardise,
} from "../features/standardise.js";
import { splitFor } from "../protocols/split-for.js";
import type { Example } from "./example.js";
import { frozenFeatures } from "./frozen-block-cache.js";
import { pretrainedOf } from "./run-model.js";
import type { RunSpec } from "./run-spec.js";
import { usualCorpora } from "./usual-corpora.js";

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
  const clips = await loadCatalogueFor(settings, Object.keys(spec.corpora));
  const own = usualCorpora(spec.protocol);
  const alsoTrainOn = Object.keys(spec.corpora).filter((name) => own.length === 1 && !own.includes(name));
  const split = await splitFor(spec.protocol, spec.fold, clips, settings, { alsoTrainOn });
  const used = new Set([...split.train, ...split.validation, ...split.test]);
  const items = clips.filter((clip) => used.has(clip.id));
  const pretrained = pretrainedOf(spec);
  const cache = { home: settings.home, onProgress, stop };
  const features = await (pretrained === null
    ? cachedFeatures(items, spec.features, cache)
    : frozenFeatures(items, spec.features, pretrained, cache));
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const standardisation =
    pretrained === null
      ? fitStandardisation(split.train.map((id) => features.get(id)!))
      : noStandardisation(pretrained.channels);
  const example = (id: string): Example => {
    const clip = byId.get(id)!;
    const own = features.get(id)!;
    features.delete(id); // samples of all corpora are gigabytes: one copy at a time
    const input = pretrained === null ? standardise(own, standardisation) : own;
    return { clip, features: input, label: emotionIndex(clip.emotion) };
  };
  return {
    train: split.train.map(example),
    validation: split.validation.map(example),
    test: split.test.map(example),
    standardisation,
  };
}
