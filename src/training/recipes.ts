import { LabError } from "../core/errors.js";
import type { Profile } from "../core/settings.js";
import { densenet } from "./recipes/densenet.js";
import { densenetOptimised } from "./recipes/densenet-optimised.js";
import { general } from "./recipes/general.js";
import { lstm } from "./recipes/lstm.js";
import { page } from "./recipes/page.js";
import type { Recipe } from "./recipes/recipe.js";
import { resnet } from "./recipes/resnet.js";
import { resnetDistilled } from "./recipes/resnet-distilled.js";
import { resnetWide } from "./recipes/resnet-wide.js";
import { simpleCnn } from "./recipes/simple-cnn.js";
import { simpleCnnAudio } from "./recipes/simple-cnn-audio.js";
import { transformer } from "./recipes/transformer.js";
import { wav2vec2 } from "./recipes/wav2vec2.js";
import { whisper } from "./recipes/whisper.js";
import { whisperTinyEn } from "./recipes/whisper-tiny.en.js";

export type { Recipe };

const recipes: Readonly<Record<string, Recipe>> = {
  resnet,
  "resnet-distilled": resnetDistilled,
  "resnet-wide": resnetWide,
  page,
  "simple-cnn": simpleCnn,
  densenet,
  "densenet-optimised": densenetOptimised,
  lstm,
  "simple-cnn-audio": simpleCnnAudio,
  transformer,
  whisper,
  "whisper-tiny.en": whisperTinyEn,
  general,
  wav2vec2,
};

/** Whether an architecture of that name can be trained. */
export function hasRecipe(model: string): boolean {
  return Object.hasOwn(recipes, model);
}

/** The recipe of an architecture, with the training of a profile. Throws LabError when there is none. */
export function recipeFor(
  model: string,
  profile: Profile,
): Pick<Recipe, "features" | "options" | "training"> {
  const recipe = recipes[model];
  if (recipe === undefined)
    throw new LabError(
      `There is no recipe for "${model}".`,
      `There is one for: ${Object.keys(recipes).join(", ")}.`,
    );
  const changes = profile === "full" ? {} : recipe[profile];
  const options = profile === "sample" ? { ...recipe.options, ...recipe.sampleOptions } : recipe.options;
  return { features: recipe.features, options, training: { ...recipe.training, ...changes } };
}
