import type { Recipe } from "./recipe.js";
import { spectrogram } from "./spectrogram.js";

/** The same network, taught by whisper on the training clips: what a large network hears in them, in a small one. */
export const resnetDistilled: Recipe = {
  ...spectrogram,
  training: {
    ...spectrogram.training,
    distillation: { teachers: ["whisper"], share: 0.7, temperature: 1.5 },
  },
};
