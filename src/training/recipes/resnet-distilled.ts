import type { Recipe } from "./recipe.js";
import { resnet } from "./resnet.js";

/** The same network, taught by whisper on the training clips: what a large network hears in them, in a small one. */
export const resnetDistilled: Recipe = {
  ...resnet,
  training: { ...resnet.training, distillation: { teachers: ["whisper"], share: 0.7, temperature: 1.5 } },
};
