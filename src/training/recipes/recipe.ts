import type { FeatureSpec } from "../../features/feature-spec.js";
import type { ModelOptions } from "../../models/registry.js";
import type { TrainingOptions } from "../run-spec.js";

/** How an architecture is trained best: features, options and training, and what the shorter profiles change. */
export interface Recipe {
  readonly features: FeatureSpec;
  readonly options: ModelOptions;
  readonly training: TrainingOptions;
  readonly quick: Partial<TrainingOptions>;
  readonly sample: Partial<TrainingOptions>;
  /** Options of the architecture that the sample profile changes: a network that needs no download. */
  readonly sampleOptions?: ModelOptions;
}
