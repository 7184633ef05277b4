import { LabError } from "../core/errors.js";
import type { Profile } from "../core/settings.js";
import { usualFeatureAugmentation } from "../features/augment-features.js";
import { defaultLogMel, type FeatureSpec } from "../features/feature-spec.js";
import type { ModelOptions } from "../models/registry.js";
import type { TrainingOptions } from "./run-spec.js";

/** How an architecture is trained best: features, options and training, and what the shorter profiles change. */
export interface Recipe {
  readonly features: FeatureSpec;
  readonly options: ModelOptions;
  readonly training: TrainingOptions;
  readonly quick: Partial<TrainingOptions>;
  readonly sample: Partial<TrainingOptions>;
}

const resnet: Recipe = {
  // 20 ms between frames: 128 frames hold 2.56 s, more than nearly every trimmed clip, at two thirds of the cost of 16 ms.
  features: { ...defaultLogMel, hopLength: 320, trimDecibels: 35 },
  options: {},
  training: {
    epochs: 36,
    batchSize: 32,
    frames: 128,
    learningRate: 2e-3,
    warmupEpochs: 1,
    weightDecay: 0.03,
    clipNorm: 5,
    labelSmoothing: 0.1,
    mixup: { alpha: 0.4, share: 0.5 },
    classWeights: "none",
    sampling: "every-clip",
    augmentation: { ...usualFeatureAugmentation, timeMaskFrames: 18 },
    averageDecay: 0.998,
    validateEveryEpochs: 1,
    patienceEpochs: null,
  },
  quick: { epochs: 2, averageDecay: 0.99 },
  sample: { epochs: 6, averageDecay: 0.9, learningRate: 4e-3 },
};

const recipes: Readonly<Record<string, Recipe>> = { resnet };

/** The recipe of an architecture, with the training of a profile. Throws LabError when there is none. */
export function recipeFor(
  model: string,
  profile: Profile,
): Pick<Recipe, "features" | "options" | "training"> {
  const recipe = recipes[model];
  if (recipe === undefined)
    throw new LabError(
      `There is no recipe for "${model}".`,
      `There is one for: ${Object.keys(recipes).join(", ")}.`,
    );
  const changes = profile === "full" ? {} : recipe[profile];
  return { features: recipe.features, options: recipe.options, training: { ...recipe.training, ...changes } };
}
