import type * as tf from "@tensorflow/tfjs";

/** A model's weights as variables, in the order that checkpoints keep: trained ones, then batch statistics. */
export interface ModelVariables {
  readonly trained: tf.Variable[];
  readonly fixed: tf.Variable[];
}

/** The variables behind a model's weights; tfjs keeps them out of its public types. */
export function modelVariables(model: tf.LayersModel): ModelVariables {
  const variables = (weights: readonly tf.LayerVariable[]): tf.Variable[] =>
    weights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
  return { trained: variables(model.trainableWeights), fixed: variables(model.nonTrainableWeights) };
}
