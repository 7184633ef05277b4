import type { Profile } from "../core/settings.js";
import { architectureNamed, completeOptions, type ModelOptions } from "../models/registry.js";
import type { RunRequest } from "./define-run.js";
import { recipeFor } from "./recipes.js";
import { parseChanges } from "./spec-changes.js";

/**
 * What assignments (`training.epochs=10`) change of a model's recipe, as a run is asked for. Throws LabError for an unknown
 * architecture and for what `parseChanges` refuses.
 */
export function changesOfRecipe(
  model: string,
  profile: Profile,
  assignments: readonly string[],
): Required<Pick<RunRequest, "options" | "features" | "training">> {
  const architecture = architectureNamed(model);
  const recipe = recipeFor(model, profile);
  const defaults = { ...recipe, options: completeOptions(architecture, recipe.options) };
  const { options, features, training } = parseChanges(assignments, defaults);
  return { options: options as ModelOptions, features, training };
}
