import { usualWaveAugmentation } from "../../features/augment-wave.js";
import type { Recipe } from "./recipe.js";
import { encoderTraining, whisper } from "./whisper.js";

/** Whisper for recordings from elsewhere: other rooms, microphones, languages. */
export const general: Recipe = {
  ...whisper,
  training: {
    ...encoderTraining,
    // Gentler than whisper's 0.08, and more of the sounds varied: what the blocks know of other recordings stays.
    rateFactors: { block: 0.06 },
    variedCopies: { copies: 2, share: 0.6, sound: usualWaveAugmentation },
  },
};
