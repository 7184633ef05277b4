import type { ProgressListener } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import type { StopSignal } from "../core/stop-signal.js";
import { loadCatalogueFor } from "../corpora/catalogue.js";
import { emotionIndex } from "../corpora/emotions.js";
import { cachedFeatures } from "../features/cache.js";
import { fitStandardisation, type Standardisation, standardise } from "../features/standardise.js";
import { splitFor } from "../protocols/split-for.js";
import type { Example } from "./example.js";
import type { RunSpec } from "./run-spec.js";
import { usualCorpora } from "./usual-corpora.js";

/** The three parts of a split, ready for training, and what the features were standardised by. */
export interface TrainingData {
  readonly train: readonly Example[];
  readonly validation: readonly Example[];
  readonly test: readonly Example[];
  /** Per band, from the training clips alone; travels with the model. */
  readonly standardisation: Standardisation;
}

export interface DataOptions {
  readonly settings: Settings;
  readonly onProgress?: ProgressListener | undefined;
  readonly stop?: StopSignal | undefined;
}

/** Loads the clips of a run's corpora, their features (from the cache or anew) and divides them by its protocol. */
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
  const features = await cachedFeatures(
    clips.filter((clip) => used.has(clip.id)),
    spec.features,
    { home: settings.home, ...(onProgress && { onProgress }), ...(stop && { stop }) },
  );
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const standardisation = fitStandardisation(split.train.map((id) => features.get(id)!));
  const example = (id: string): Example => {
    const clip = byId.get(id)!;
    const standardised = standardise(features.get(id)!, standardisation);
    features.delete(id); // samples of all corpora are gigabytes: one copy at a time
    return { clip, features: standardised, label: emotionIndex(clip.emotion) };
  };
  return {
    train: split.train.map(example),
    validation: split.validation.map(example),
    test: split.test.map(example),
    standardisation,
  };
}
