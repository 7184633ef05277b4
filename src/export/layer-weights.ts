import type * as tf from "@tensorflow/tfjs";

/** An array of weights. */
export interface Weight {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** A layer's weights as they are now, by their own names: `kernel`, `bias`. */
export function weightsOf(layer: tf.layers.Layer): Readonly<Record<string, Weight>> {
  return Object.fromEntries(
    layer.weights.map((weight) => {
      const tensor = weight.read();
      const name = weight.originalName.split("/").at(-1)!;
      return [name, { values: tensor.dataSync<"float32">(), shape: tensor.shape }];
    }),
  );
}
