import { usualFeatureAugmentation } from "../../features/augment-features.js";
import { defaultLogMel } from "../../features/feature-spec.js";
import type { Recipe } from "./recipe.js";

export const transformer: Recipe = {
  features: { ...defaultLogMel, hopLength: 320, trimDecibels: 35 },
  options: {},
  training: {
    epochs: 60,
    batchSize: 64,
    frames: 128,
    learningRate: 1e-3,
    warmupEpochs: 5, // without a warm-up the first steps of attention do not recover
    weightDecay: 0.05,
    clipNorm: 1,
    labelSmoothing: 0.1,
    mixup: { alpha: 0.4, share: 0.5 },
    classWeights: "none",
    sampling: "every-clip",
    augmentation: { ...usualFeatureAugmentation, timeMaskFrames: 18 },
    averageDecay: 0.998,
    validateEveryEpochs: 1,
    patienceEpochs: null,
  },
  quick: { epochs: 3, warmupEpochs: 1, averageDecay: 0.99 },
  sample: { epochs: 8, warmupEpochs: 1, averageDecay: 0.9, batchSize: 32 },
};
