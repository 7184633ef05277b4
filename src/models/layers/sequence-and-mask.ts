import type * as tf from "@tensorflow/tfjs";

/**
 * The shape of the sequence that a layer is given together with its mask: [batch, frames, channels] and [batch, frames].
 * Throws an Error that names the layer when the inputs are others.
 */
export function checkSequenceAndMask(
  layer: string,
  shapes: tf.Shape | tf.Shape[],
): [number | null, number | null, number] {
  const [x, mask] = (Array.isArray(shapes[0]) ? shapes : [shapes, undefined]) as [
    tf.Shape,
    tf.Shape | undefined,
  ];
  if (x.length !== 3 || mask?.length !== 2 || x[1] !== mask[1]) {
    throw new Error(
      `${layer}: the inputs are [${x}] and [${mask ?? "none"}], expected [batch, frames, channels] and [batch, frames]`,
    );
  }
  return x as [number | null, number | null, number];
}
