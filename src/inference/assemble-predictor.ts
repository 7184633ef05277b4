import { type ModelFiles, modelFromFiles } from "../models/artifacts.js";
import { prepareInference } from "../models/prepare-inference.js";
import type { ModelCard } from "./model-card.js";
import type { Predictor } from "./predict.js";

/** What a published model consists of, wherever its bytes come from. */
export interface PredictorParts {
  readonly card: ModelCard;
  readonly model: ModelFiles;
  /** The fixed network that the card names, where it names one. */
  readonly frontEnd?: ModelFiles;
}

/** A published model with what it needs to answer, and its whole card. */
export interface PublishedPredictor extends Predictor {
  readonly card: ModelCard;
}

/**
 * A model that is ready to answer, from its card and files; in Node and in a page, on the backend that is registered.
 * Throws tfjs' error when weights do not fit their topology.
 */
export async function assemblePredictor({
  card,
  model,
  frontEnd,
}: PredictorParts): Promise<PublishedPredictor> {
  const network = await modelFromFiles(model);
  return {
    card,
    model: network,
    plan: prepareInference(network),
    ...(frontEnd !== undefined && { frontEnd: await modelFromFiles(frontEnd) }),
  };
}
