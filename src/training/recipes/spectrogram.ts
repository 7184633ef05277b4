import { usualFeatureAugmentation } from "../../features/augment-features.js";
import { usualWaveAugmentation } from "../../features/augment-wave.js";
import { defaultLogMel } from "../../features/feature-spec.js";
import type { VariedCopies } from "../run-spec.js";
import type { Recipe } from "./recipe.js";

/** Every second clip is heard as one of two copies of it: for networks that learn 7,000 clips by heart. */
export const usualCopies: VariedCopies = { copies: 2, share: 0.5, sound: usualWaveAugmentation };

/** What the networks on log-mel spectrograms start from; each recipe says what it does otherwise. */
export const spectrogram: Recipe = {
  // 20 ms between frames: 128 frames hold 2.56 s, more than nearly every trimmed clip, at two thirds of the cost of 16 ms.
  features: { ...defaultLogMel, hopLength: 320, trimDecibels: 35 },
  options: {},
  training: {
    epochs: 60,
    batchSize: 64,
    frames: 128,
    learningRate: 3e-3,
    warmupEpochs: 1,
    weightDecay: 0.02,
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
  quick: { epochs: 2, batchSize: 32, averageDecay: 0.99 },
  sample: { epochs: 6, batchSize: 32, averageDecay: 0.9, learningRate: 4e-3 },
};
