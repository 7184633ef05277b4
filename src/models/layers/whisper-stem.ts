import * as tf from "@tensorflow/tfjs";
import { gelu } from "../../kernels/gelu.js";
import { type LayerArguments, onlyInput } from "./only-input.js";
import { sinusoids } from "./sinusoidal-positions.js";

export interface WhisperStemArguments {
  readonly channels: number;
  /** Frames after the stem that there are positions for: Whisper's 30 s are 1,500. */
  readonly mostFrames: number;
  readonly seed: number;
}

/**
 * What stands before Whisper's blocks: two convolutions over time of width 3 with GELU, the second of stride 2, and the
 * position of each frame added. Log-mel [batch, frames, bands] → [batch, ⌈frames / 2⌉, channels]. Weights: first kernel
 * [3, bands, channels] and bias, second kernel [3, channels, channels] and bias, positions [mostFrames, channels].
 * Throws for more frames than there are positions.
 */
export class WhisperStem extends tf.layers.Layer {
  static readonly className = "WhisperStem";
  private readonly options: WhisperStemArguments;
  private parts!: readonly tf.LayerVariable[];

  constructor(config: LayerArguments & Partial<WhisperStemArguments> = {}) {
    super(config);
    const { channels = 512, mostFrames = 1500, seed = 0 } = config;
    this.options = { channels, mostFrames, seed };
  }

  override build(inputShape: tf.Shape): void {
    const { channels, mostFrames, seed } = this.options;
    const bands = inputShape[2]!;
    const glorot = (number: number) => tf.initializers.glorotUniform({ seed: 1000 * seed + number });
    const zeros = tf.initializers.zeros();
    this.parts = [
      this.addWeight("first_kernel", [3, bands, channels], "float32", glorot(1)),
      this.addWeight("first_bias", [channels], "float32", zeros),
      this.addWeight("second_kernel", [3, channels, channels], "float32", glorot(2)),
      this.addWeight("second_bias", [channels], "float32", zeros),
      this.addWeight("positions", [mostFrames, channels], "float32", zeros),
    ];
    const positions = sinusoids(mostFrames, channels);
    this.parts[4]!.write(positions);
    positions.dispose();
    super.build(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [kernel1, bias1, kernel2, bias2, positions] = this.parts.map((part) => part.read());
      let x = onlyInput<tf.Tensor3D>(inputs); // [batch, frames, bands]
      x = gelu(convolve(x, kernel1 as tf.Tensor3D, bias1!, 1));
      x = gelu(convolve(x, kernel2 as tf.Tensor3D, bias2!, 2)); // [batch, frames / 2, channels]
      const { channels, mostFrames } = this.options;
      if (x.shape[1] > mostFrames) {
        throw new Error(
          `WhisperStem: ${x.shape[1]} frames after the stem, and positions for ${mostFrames}: cut the sound`,
        );
      }
      return tf.add(x, tf.slice(positions!, [0, 0], [x.shape[1], channels]));
    });
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const [batch, frames] = inputShape as [number | null, number | null];
    return [batch, frames === null ? null : Math.ceil(frames / 2), this.options.channels];
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { channels, mostFrames } = this.options;
    return { ...super.getConfig(), channels, mostFrames };
  }
}

/** One frame of zeros on both sides, as PyTorch pads: "same" would pad an even clip on its right alone. */
function convolve(x: tf.Tensor3D, kernel: tf.Tensor3D, bias: tf.Tensor, stride: number): tf.Tensor3D {
  const padded = tf.pad(x, [
    [0, 0],
    [1, 1],
    [0, 0],
  ]) as tf.Tensor3D;
  return tf.add(tf.conv1d(padded, kernel, stride, "valid"), bias);
}
