import { recordingAugmentation } from "../../features/augment-wave.js";
import type { Recipe } from "./recipe.js";
import { spectrogram } from "./spectrogram.js";

/** A small network for recordings from everywhere, taught by the large one: what `general` hears, in a browser. */
export const page: Recipe = {
  ...spectrogram,
  training: {
    ...spectrogram.training,
    learningRate: 2e-3,
    augmentation: { ...spectrogram.training.augmentation, crop: 0.5 }, // as for `general`
    variedCopies: { copies: 2, share: 0.5, sound: recordingAugmentation },
    distillation: { teachers: ["general"], share: 0.7, temperature: 1.5 },
    keptBy: "mean-corpus-uar",
  },
  sampleOptions: { channels: [8, 16], blocks: [1, 1], headUnits: 32 },
};
