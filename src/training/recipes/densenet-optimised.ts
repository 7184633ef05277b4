import { densenet } from "./densenet.js";
import type { Recipe } from "./recipe.js";

export const densenetOptimised: Recipe = densenet;
