import type { Recipe } from "./recipe.js";
import { spectrogram } from "./spectrogram.js";

export const lstm: Recipe = {
  // 20 ms between frames, as for the resnet: fewer steps to remember over.
  features: spectrogram.features,
  options: {},
  training: {
    ...spectrogram.training,
    epochs: 90,
    warmupEpochs: 2,
    weightDecay: 0.03,
    clipNorm: 1,
    // Other lengths of the vocal tract: a small network hears few voices, and is judged on others.
    augmentation: { ...spectrogram.training.augmentation, bandWarp: 0.1 },
    keptBy: "mean-corpus-uar",
  },
  quick: { epochs: 3, averageDecay: 0.99 },
  sample: { epochs: 8, averageDecay: 0.9, batchSize: 32 },
};
