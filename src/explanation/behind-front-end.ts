import * as tf from "@tensorflow/tfjs";
import type { ExplainedNetwork } from "./integrated-gradients.js";

/**
 * A model and the fixed front end before it as one network of the front end's input, [frames, bands], so that what was
 * listened to is seen in the features of the sound. The front end's frames lie in the middle of the model's, zeros around
 * them, or the middle of them is taken where there are more: as in `placeFeatures`.
 */
export function behindFrontEnd(
  frontEnd: tf.LayersModel,
  model: tf.LayersModel,
  shape: readonly [frames: number, bands: number],
): ExplainedNetwork {
  const frames = model.inputs[0]!.shape[1]!;
  return {
    shape,
    logits: (points) => {
      const hidden = frontEnd.apply(points, { training: false }) as tf.Tensor3D; // [points, frames there, channels]
      const room = frames - hidden.shape[1];
      const before = Math.floor(Math.abs(room) / 2);
      const placed =
        room >= 0
          ? tf.pad(hidden, [
              [0, 0],
              [before, room - before],
              [0, 0],
            ])
          : tf.slice(hidden, [0, before, 0], [-1, frames, -1]);
      return model.apply(placed, { training: false }) as tf.Tensor2D;
    },
  };
}
