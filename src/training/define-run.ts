import { LabError } from "../core/errors.js";
import type { Profile, Settings } from "../core/settings.js";
import { loadCatalogueFor } from "../corpora/catalogue.js";
import { dataChecksums } from "../corpora/checksums.js";
import type { FeatureSpec } from "../features/feature-spec.js";
import { architectureNamed, completeOptions, type ModelOptions } from "../models/registry.js";
import type { ProtocolName } from "../protocols/split.js";
import { recipeFor } from "./recipes.js";
import type { RunSpec, TrainingOptions } from "./run-spec.js";

/** What a run is asked for by; what is left out comes from the architecture's recipe and the settings. */
export interface RunRequest {
  readonly model: string;
  readonly protocol: ProtocolName;
  readonly fold?: string | null;
  readonly profile?: Profile;
  readonly seed?: number;
  /** Names of corpora; by default those that the protocol is about. */
  readonly corpora?: readonly string[];
  readonly options?: ModelOptions;
  readonly features?: Partial<FeatureSpec>;
  readonly training?: Partial<TrainingOptions>;
}

/** The corpora that a protocol divides when none are named. */
export function usualCorpora(protocol: ProtocolName): readonly string[] {
  if (protocol === "evar") return ["crema-d"];
  if (protocol === "emobox-ravdess") return ["ravdess"];
  return ["crema-d", "ravdess", "tess"];
}

/**
 * The complete specification of a run: the recipe of the architecture for the profile, changed by what was asked
 * for, with the checksums of the clips at hand. Throws LabError for an unknown architecture, option or corpus.
 */
export async function defineRun(request: RunRequest, settings: Settings): Promise<RunSpec> {
  const profile = request.profile ?? settings.profile;
  const recipe = recipeFor(request.model, profile);
  const names = request.corpora ?? usualCorpora(request.protocol);
  const clips = await loadCatalogueFor({ ...settings, profile }, names);
  const training: TrainingOptions = { ...recipe.training, ...request.training };
  checkTraining(training);
  return {
    version: 1,
    profile,
    model: request.model,
    options: completeOptions(architectureNamed(request.model), { ...recipe.options, ...request.options }),
    features: { ...recipe.features, ...request.features } as FeatureSpec,
    corpora: dataChecksums(clips),
    protocol: request.protocol,
    fold: request.fold ?? null,
    training,
    precision: "float32",
    seed: request.seed ?? settings.seed,
  };
}

function checkTraining(training: TrainingOptions): void {
  const wholeFromOne = ["epochs", "batchSize", "frames", "validateEveryEpochs"] as const;
  for (const name of wholeFromOne) {
    if (!Number.isInteger(training[name]) || training[name] < 1) {
      throw new LabError(`training.${name} is ${training[name]}.`, "Use a whole number from 1 up.");
    }
  }
  const { learningRate, labelSmoothing, averageDecay, mixup } = training;
  if (!(learningRate > 0))
    throw new LabError(`training.learningRate is ${learningRate}.`, "Use a number above 0.");
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new LabError(`training.labelSmoothing is ${labelSmoothing}.`, "Use a number from 0 to below 1.");
  }
  if (!(averageDecay >= 0 && averageDecay < 1)) {
    throw new LabError(`training.averageDecay is ${averageDecay}.`, "Use a number from 0 to below 1.");
  }
  if (!(mixup.alpha > 0 && mixup.alpha <= 1)) {
    throw new LabError(`training.mixup.alpha is ${mixup.alpha}.`, "Use a number above 0 and up to 1.");
  }
}
