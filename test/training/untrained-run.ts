import type { Settings } from "../../src/core/settings.js";
import { recipeFor } from "../../src/training/recipes.js";
import type { RunSpec } from "../../src/training/run-spec.js";
import { temporaryFolder } from "../temporary-folder.js";

/** A specification that no test trains, and settings with an empty store. */
export function untrainedRun(): { spec: RunSpec; settings: Settings } {
  const root = temporaryFolder("untrained");
  const { features, options, training } = recipeFor("resnet", "sample");
  const spec: RunSpec = {
    version: 1,
    profile: "sample",
    model: "resnet",
    options,
    features,
    corpora: {},
    protocol: "combined",
    fold: null,
    training,
    precision: "float32",
    seed: 0,
  };
  return { spec, settings: { home: root, root, profile: "sample", seed: 0, precision: "float32" } };
}
