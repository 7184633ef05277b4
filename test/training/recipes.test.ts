import { describe, expect, it } from "vitest";
import { architectures } from "../../src/models/registry.js";
import { checkTraining, checkWaveAugmentation } from "../../src/training/check-training.js";
import { recipeFor } from "../../src/training/recipes.js";

describe("the recipes", () => {
  it.each(architectures.map(({ name }) => name))("of %s can be trained by in every profile", (name) => {
    for (const profile of ["sample", "quick", "full"] as const) {
      const { training, features } = recipeFor(name, profile);
      expect(() => checkTraining(training), profile).not.toThrow();
      expect(() => checkWaveAugmentation(training, features), profile).not.toThrow();
    }
  });
});
