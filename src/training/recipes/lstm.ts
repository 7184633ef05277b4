import type { Recipe } from "./recipe.js";
import { resnet } from "./resnet.js";

export const lstm: Recipe = {
  // 20 ms between frames, as for the resnet: fewer steps to remember over.
  features: resnet.features,
  options: {},
  training: { ...resnet.training, warmupEpochs: 2, weightDecay: 0.03, clipNorm: 1 },
  quick: { epochs: 3, averageDecay: 0.99 },
  sample: { epochs: 8, averageDecay: 0.9, batchSize: 32 },
};
