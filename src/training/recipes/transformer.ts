import type { Recipe } from "./recipe.js";
import { spectrogram } from "./spectrogram.js";

export const transformer: Recipe = {
  features: spectrogram.features,
  options: {},
  training: {
    ...spectrogram.training,
    epochs: 90,
    learningRate: 1e-3,
    warmupEpochs: 5, // without a warm-up the first steps of attention do not recover
    weightDecay: 0.05,
    clipNorm: 1,
    augmentation: { ...spectrogram.training.augmentation, bandWarp: 0.1 }, // as for the lstm
    keptBy: "mean-corpus-uar",
  },
  quick: { epochs: 3, warmupEpochs: 1, averageDecay: 0.99 },
  sample: { epochs: 8, warmupEpochs: 1, averageDecay: 0.9, batchSize: 32 },
};
