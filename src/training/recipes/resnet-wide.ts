import type { Recipe } from "./recipe.js";
import { simpleCnn } from "./simple-cnn.js";
import { usualCopies } from "./spectrogram.js";

export const resnetWide: Recipe = {
  ...simpleCnn,
  // Eight times the weights: fewer epochs fit the time, and more decay and mixup keep them from learning clips by heart.
  training: {
    ...simpleCnn.training,
    epochs: 70,
    augmentation: { ...simpleCnn.training.augmentation, bandWarp: 0.1 }, // as for the lstm
    learningRate: 2e-3,
    weightDecay: 0.05,
    mixup: { alpha: 0.4, share: 0.8 },
    // Its best epoch was the 36th of 70 on the clips alone: it needs more than they are.
    variedCopies: usualCopies,
  },
  // Synthetic speech is told apart by a fiftieth of the weights.
  sampleOptions: { channels: [12, 24], blocks: [1, 1], headUnits: 32 },
};
