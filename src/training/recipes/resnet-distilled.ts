import { usualWaveAugmentation } from "../../features/augment-wave.js";
import type { Recipe } from "./recipe.js";
import { resnet } from "./resnet.js";

/**
 * The same network, taught by a large one: on each training clip, by a whisper-tiny.en that has not been trained on it, so
 * that it says what the clip sounds like and not what it was told.
 */
export const resnetDistilled: Recipe = {
  ...resnet,
  training: {
    ...resnet.training,
    variedCopies: { copies: 2, share: 0.5, sound: usualWaveAugmentation },
    distillation: { teachers: ["whisper-tiny.en"], share: 0.7, temperature: 1, crossFittedGroups: 3 },
  },
};
