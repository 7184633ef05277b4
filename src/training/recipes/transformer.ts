import type { Recipe } from "./recipe.js";
import { resnet } from "./resnet.js";

export const transformer: Recipe = {
  features: resnet.features,
  options: {},
  training: {
    ...resnet.training,
    epochs: 90,
    learningRate: 1e-3,
    warmupEpochs: 5, // without a warm-up the first steps of attention do not recover
    weightDecay: 0.05,
    clipNorm: 1,
    augmentation: { ...resnet.training.augmentation, bandWarp: 0.1 }, // as for the lstm
    keptBy: "mean-corpus-uar",
  },
  quick: { epochs: 3, warmupEpochs: 1, averageDecay: 0.99 },
  sample: { epochs: 8, warmupEpochs: 1, averageDecay: 0.9, batchSize: 32 },
};
