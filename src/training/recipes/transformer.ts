import type { Recipe } from "./recipe.js";
import { resnet } from "./resnet.js";

export const transformer: Recipe = {
  features: resnet.features,
  options: {},
  training: {
    ...resnet.training,
    learningRate: 1e-3,
    warmupEpochs: 5, // without a warm-up the first steps of attention do not recover
    weightDecay: 0.05,
    clipNorm: 1,
  },
  quick: { epochs: 3, warmupEpochs: 1, averageDecay: 0.99 },
  sample: { epochs: 8, warmupEpochs: 1, averageDecay: 0.9, batchSize: 32 },
};
