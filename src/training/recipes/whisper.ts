import { usualWaveAugmentation } from "../../features/augment-wave.js";
import type { TrainingOptions } from "../run-spec.js";
import type { Recipe } from "./recipe.js";

/** What every network over Whisper's encoder shares. */
export const encoderTraining: TrainingOptions = {
  epochs: 8,
  batchSize: 32,
  frames: 128,
  learningRate: 1e-3,
  warmupEpochs: 0.5,
  weightDecay: 0.02,
  clipNorm: 5,
  labelSmoothing: 0.1,
  mixup: { alpha: 0.3, share: 0.7 },
  classWeights: "none",
  sampling: "every-clip",
  augmentation: { stretch: 0.1, timeMasks: 2, timeMaskFrames: 15 },
  averageDecay: 0.998,
  validateEveryEpochs: 1,
  patienceEpochs: null,
};

export const whisper: Recipe = {
  // The clip itself, not padded to 30 s; silence at its ends is cut, so that 128 frames of 20 ms hold nearly every clip.
  features: { kind: "whisper-mel", bands: 80, trimDecibels: 35, peakNormalise: true },
  options: { size: "base", tunedBlocks: 3 },
  training: {
    ...encoderTraining,
    epochs: 6, // after more, validation falls: the blocks learn clips by heart
    // The head starts from nothing, the blocks from 680,000 hours: 8e-5 for them.
    rateFactors: { block: 0.08 },
    // Other speeds are other voices; other rooms keep the blocks from the corpora's own.
    variedCopies: { copies: 2, share: 0.3, sound: usualWaveAugmentation },
    keptBy: "mean-corpus-uar",
  },
  quick: { epochs: 1, averageDecay: 0.98 },
  sample: { epochs: 3, averageDecay: 0.9 },
  // An untrained encoder of two small blocks: synthetic speech says nothing of the real one, and needs no weights.
  sampleOptions: { size: "random-small", tunedBlocks: 1 },
};
