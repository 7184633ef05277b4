import type { Recipe } from "./recipe.js";
import { whisper } from "./whisper.js";

/** The small encoder that heard English only: four blocks of 384, the upper two tuned. */
export const whisperTinyEn: Recipe = { ...whisper, options: { size: "tiny.en", tunedBlocks: 2 } };
