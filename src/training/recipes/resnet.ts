import type { Recipe } from "./recipe.js";
import { spectrogram } from "./spectrogram.js";

export const resnet: Recipe = {
  ...spectrogram,
  training: {
    ...spectrogram.training,
    // On known voices the best of 60 epochs was the last: a longer fall of the learning rate.
    epochs: 100,
    augmentation: { ...spectrogram.training.augmentation, bandWarp: 0.1 }, // as for the lstm
    keptBy: "mean-corpus-uar",
  },
};
