import { densenet } from "./densenet.js";
import type { Recipe } from "./recipe.js";

const { variedCopies: _, ...training } = densenet.training;

/** Its clips as they are: copies beside them, which the larger one hears, are three times the features to keep and read. */
export const densenetOptimised: Recipe = { ...densenet, training };
