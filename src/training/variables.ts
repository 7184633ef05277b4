import type * as tf from "@tensorflow/tfjs";

/** A model's weights as variables, in the order that checkpoints keep: trained ones, then batch statistics. */
export interface ModelVariables {
  readonly trained: tf.Variable[];
  readonly fixed: tf.Variable[];
}

/** The factor on the learning rate of each variable: that of the first beginning that fits its layer's name, else 1. */
export function rateFactorsOf(
  model: tf.LayersModel,
  trained: readonly tf.Variable[],
  factors: Readonly<Record<string, number>>,
): number[] {
  const byVariable = new Map<tf.Variable, number>();
  for (const layer of model.layers) {
    const fitting = Object.keys(factors).find((beginning) => layer.name.startsWith(beginning));
    if (fitting === undefined) continue;
    for (const weight of layer.trainableWeights) {
      byVariable.set((weight as unknown as { val: tf.Variable }).val, factors[fitting]!);
    }
  }
  return trained.map((variable) => byVariable.get(variable) ?? 1);
}

/** The variables behind a model's weights; tfjs keeps them out of its public types. */
export function modelVariables(model: tf.LayersModel): ModelVariables {
  const variables = (weights: readonly tf.LayerVariable[]): tf.Variable[] =>
    weights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
  return { trained: variables(model.trainableWeights), fixed: variables(model.nonTrainableWeights) };
}
