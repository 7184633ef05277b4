import type { Recipe } from "./recipe.js";
import { spectrogram } from "./spectrogram.js";

export const simpleCnn: Recipe = {
  features: spectrogram.features,
  options: {},
  training: {
    ...spectrogram.training,
    // A long schedule with much augmentation: a small network on 7,000 clips learns from seeing each in many forms.
    epochs: 70,
    mixup: { alpha: 0.4, share: 0.6 },
    keptBy: "mean-corpus-uar",
  },
  quick: { epochs: 2, averageDecay: 0.98 },
  sample: spectrogram.sample,
};
