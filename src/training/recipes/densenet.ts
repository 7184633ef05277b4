import type { Recipe } from "./recipe.js";
import { simpleCnn } from "./simple-cnn.js";
import { usualCopies } from "./spectrogram.js";

export const densenet: Recipe = {
  ...simpleCnn,
  // As many epochs as fit the time; dense layers are narrow, and need no more decay than the small networks.
  training: {
    ...simpleCnn.training,
    epochs: 60,
    augmentation: { ...simpleCnn.training.augmentation, bandWarp: 0.1 }, // as for the lstm
    variedCopies: usualCopies, // as for the wide resnet
  },
  // Synthetic speech is told apart by fewer layers, in a fifth of the time.
  sampleOptions: { growth: 8, layers: [2, 4] },
};
