import type { PrecisionChoice, Profile, Settings } from "../core/settings.js";
import { loadCatalogueFor } from "../corpora/catalogue.js";
import { dataChecksums } from "../corpora/checksums.js";
import type { FeatureSpec } from "../features/feature-spec.js";
import { architectureNamed, completeOptions, type ModelOptions } from "../models/registry.js";
import type { ProtocolName } from "../protocols/split.js";
import { checkTraining, checkWaveAugmentation, refuseUnknown } from "./check-training.js";
import { decidePrecision } from "./precision.js";
import { recipeFor } from "./recipes.js";
import type { RunSpec, TrainingOptions } from "./run-spec.js";
import { usualCorpora } from "./usual-corpora.js";

/** What a run is asked for by; what is left out comes from the architecture's recipe and the settings. */
export interface RunRequest {
  readonly model: string;
  readonly protocol: ProtocolName;
  readonly fold?: string | null;
  readonly profile?: Profile;
  readonly seed?: number;
  /** What training computes in; by default what the settings say. Name it where a committed result has to be found. */
  readonly precision?: PrecisionChoice;
  /** Names of corpora; by default those that the protocol is about. */
  readonly corpora?: readonly string[];
  readonly options?: ModelOptions;
  readonly features?: Partial<FeatureSpec>;
  readonly training?: Partial<TrainingOptions>;
}

/** Gives the checksums of corpora by name, as a RunSpec records them. */
export type ChecksumReader = (
  names: readonly string[],
  settings: Settings,
) => Promise<Record<string, string>>;

const readChecksums: ChecksumReader = async (names, settings) =>
  dataChecksums(await loadCatalogueFor(settings, names));

/** Reads each list of corpora once: for whoever defines many runs on the same clips. */
export function rememberChecksums(): ChecksumReader {
  const known = new Map<string, Promise<Record<string, string>>>();
  return (names, settings) => {
    const key = `${settings.profile} ${names.join(",")}`;
    const checksums = known.get(key) ?? readChecksums(names, settings);
    known.set(key, checksums);
    return checksums;
  };
}

/**
 * The complete specification of a run: the recipe of the architecture for the profile, changed by what was asked
 * for, with the checksums of the clips at hand and of a file that options name. Throws LabError for an unknown
 * architecture, option or corpus, for a value that has no meaning, and for a file that cannot be read.
 */
export async function defineRun(
  request: RunRequest,
  settings: Settings,
  checksumsOf: ChecksumReader = readChecksums,
): Promise<RunSpec> {
  const profile = request.profile ?? settings.profile;
  const recipe = recipeFor(request.model, profile);
  const names = request.corpora ?? usualCorpora(request.protocol);
  const checksums = await checksumsOf(names, { ...settings, profile });
  const training: TrainingOptions = { ...recipe.training, ...request.training };
  checkTraining(training);
  const features = { ...recipe.features, ...request.features } as FeatureSpec;
  checkWaveAugmentation(training, features);
  if (features.kind === recipe.features.kind) refuseUnknown("features", features, recipe.features);
  const teachers: RunSpec[] = [];
  for (const model of training.distillation?.teachers ?? []) {
    const { protocol, fold, precision, corpora } = request;
    const asked = { model, protocol, fold, precision, corpora, profile, seed: 0 };
    const teacher = await defineRun(asked as RunRequest, settings, checksumsOf);
    const groups = training.distillation?.crossFittedGroups;
    if (groups === undefined) teachers.push(teacher);
    else
      for (let group = 1; group <= groups; group++)
        teachers.push({ ...teacher, withheld: { group, groups } });
  }
  const architecture = architectureNamed(request.model);
  const options = completeOptions(architecture, { ...recipe.options, ...request.options });
  return {
    version: 1,
    profile,
    model: request.model,
    options: (await architecture.pin?.(options)) ?? options,
    features,
    corpora: checksums,
    protocol: request.protocol,
    fold: request.fold ?? null,
    training,
    ...(teachers.length > 0 && { teachers }),
    precision: decidePrecision(request.precision ?? settings.precision, profile),
    seed: request.seed ?? settings.seed,
  };
}
