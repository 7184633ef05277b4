import type * as tf from "@tensorflow/tfjs";

/** What a layer's constructor takes. */
export type LayerArguments = ConstructorParameters<typeof tf.layers.Layer>[0];

/** A layer's only input, whichever way tfjs hands it over. */
export function onlyInput<T extends tf.Tensor>(inputs: tf.Tensor | tf.Tensor[]): T {
  return (Array.isArray(inputs) ? inputs[0] : inputs) as T;
}
