import type { Recipe } from "./recipe.js";
import { resnet } from "./resnet.js";
import { usualCopies } from "./spectrogram.js";

/**
 * The same network, taught by a large one: on each training clip, by a whisper-tiny.en that has not been trained on it, so
 * that it says what the clip sounds like and not what it was told.
 */
export const resnetDistilled: Recipe = {
  ...resnet,
  training: {
    ...resnet.training,
    variedCopies: usualCopies,
    distillation: { teachers: ["whisper-tiny.en"], share: 0.7, temperature: 1, crossFittedGroups: 3 },
  },
};
