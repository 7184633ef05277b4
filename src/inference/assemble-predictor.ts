import type * as tf from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";
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
 * Throws LabError when the card is not this network's, tfjs' error when weights do not fit their topology.
 */
export async function assemblePredictor({
  card,
  model,
  frontEnd,
}: PredictorParts): Promise<PublishedPredictor> {
  const network = await modelFromFiles(model);
  checkCard(network, card);
  return {
    card,
    model: network,
    plan: prepareInference(network),
    ...(frontEnd !== undefined && { frontEnd: await modelFromFiles(frontEnd) }),
  };
}

/** What the card says of the network's input and output, [frames, bands] and [labels], is what they are. */
function checkCard(network: tf.LayersModel, { name, frames, standardisation, labels }: ModelCard): void {
  const [input, output] = [network.inputs[0]!.shape, network.outputs[0]!.shape];
  const pairs = [
    ["frames", input[1], frames],
    ["bands of the standardisation", input[2], standardisation.mean.length],
    ["labels", output.at(-1), labels.length],
  ] as const;
  for (const [what, ofNetwork, ofCard] of pairs) {
    if (typeof ofNetwork !== "number" || ofNetwork === ofCard) continue;
    network.dispose();
    throw new LabError(
      `The card of ${name} has ${ofCard} ${what}, its network ${ofNetwork}.`,
      "They belong to different models, or one is damaged: restore both, or publish the model again.",
    );
  }
}
