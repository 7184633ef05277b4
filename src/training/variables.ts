import type * as tf from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";

/** A model's weights as variables, in the order that checkpoints keep: trained ones, then batch statistics. */
export interface ModelVariables {
  readonly trained: tf.Variable[];
  readonly fixed: tf.Variable[];
}

/**
 * The factor on the learning rate of each variable: that of the first beginning that fits its layer's name, else 1.
 * Throws LabError for a beginning that fits no layer with weights to train: misspelt, it would leave its layers at the
 * full rate.
 */
export function rateFactorsOf(
  model: tf.LayersModel,
  trained: readonly tf.Variable[],
  factors: Readonly<Record<string, number>>,
): number[] {
  const layers = model.layers.filter(({ trainableWeights }) => trainableWeights.length > 0);
  const names = layers.map(({ name }) => name);
  const unknown = Object.keys(factors).find((beginning) => !names.some((name) => name.startsWith(beginning)));
  if (unknown !== undefined) {
    const beginnings = [...new Set(names.map((name) => name.replace(/_\d+$/, "")))];
    throw new LabError(
      `training.rateFactors names "${unknown}", and no layer that is trained begins so.`,
      `Their names begin with: ${beginnings.join(", ")}.`,
    );
  }
  const byVariable = new Map<tf.Variable, number>();
  for (const layer of layers) {
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
