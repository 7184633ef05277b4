import { usualWaveAugmentation } from "../../features/augment-wave.js";
import type { Recipe } from "./recipe.js";
import { encoderTraining, whisper } from "./whisper.js";

/** Whisper for recordings from elsewhere: other rooms, microphones, languages. */
export const general: Recipe = {
  ...whisper,
  training: {
    ...encoderTraining,
    epochs: 5,
    // Gentler than whisper's 0.08, and more of the sounds varied: what the blocks know of other recordings stays.
    rateFactors: { block: 0.06 },
    variedCopies: { copies: 2, share: 0.6, sound: usualWaveAugmentation },
    // Corpora hold whole sentences, recordings begin and end anywhere: without it half a sentence sounds afraid.
    augmentation: { ...encoderTraining.augmentation, crop: 0.5 },
    keptBy: "mean-corpus-uar",
  },
};
