import type { Recipe } from "./recipe.js";
import { resnet } from "./resnet.js";

/**
 * The same network, taught by the ensemble's two members on the training clips: what large networks hear in them, in a
 * small one.
 */
export const resnetDistilled: Recipe = {
  ...resnet,
  training: {
    ...resnet.training,
    distillation: { teachers: ["whisper", "whisper-tiny.en"], share: 0.7, temperature: 1.5 },
  },
};
