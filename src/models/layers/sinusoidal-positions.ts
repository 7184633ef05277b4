import * as tf from "@tensorflow/tfjs";
import { onlyInput } from "./only-input.js";

/**
 * Adds to every frame of [batch, frames, channels] its position, sines in the first half of the channels and cosines in
 * the second, wavelengths from 2π to 20000π (Vaswani et al. 2017, section 3.5, in Whisper's order). No weights.
 */
export class SinusoidalPositions extends tf.layers.Layer {
  static readonly className = "SinusoidalPositions";

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput<tf.Tensor3D>(inputs);
      return tf.add(x, sinusoids(x.shape[1], x.shape[2]));
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }
}

/** The positions themselves, [frames, channels]. */
export function sinusoids(frames: number, channels: number): tf.Tensor2D {
  return tf.tidy(() => {
    const half = channels / 2;
    const rates = Float32Array.from({ length: half }, (_, i) =>
      Math.exp((-Math.log(10_000) / (half - 1)) * i),
    );
    const angles = tf.mul(tf.reshape(tf.range(0, frames), [frames, 1]), tf.tensor2d(rates, [1, half]));
    return tf.concat([tf.sin(angles), tf.cos(angles)], 1) as tf.Tensor2D;
  });
}
