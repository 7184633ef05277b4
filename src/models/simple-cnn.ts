/**
 * Simple CNN: 3 × 3 convolutions one after another on the log-mel spectrogram, with max pooling between the stages.
 *
 * Simonyan and Zisserman 2015, "Very Deep Convolutional Networks for Large-Scale Image Recognition", made small: each
 * convolution is normalised (Ioffe and Szegedy 2015) and rectified, and each stage halves both axes. No shortcuts, as
 * the residual network has them. As there, the stem halves both axes and frames are pooled by
 * their mean and by attention.
 */
import * as tf from "@tensorflow/tfjs";
import { checkLists } from "./check-lists.js";
import { convolutionBlocks } from "./convolution-blocks.js";
import { MaxPooling } from "./layers.js";

export interface SimpleCnnOptions {
  /** Frames and mel bands of the input, [frames, bands, 1]. */
  readonly frames: number;
  readonly bands: number;
  readonly classes: number;
  /** Channels of each stage; the first is the stem's too. */
  readonly channels: readonly number[];
  /** Convolutions of each stage; a stage ends with max pooling, except the last. */
  readonly convolutions: readonly number[];
  /** Stride of the stem's convolution on both axes. */
  readonly stemStride: number;
  /** Units of the hidden dense layer of the head. */
  readonly headUnits: number;
  /** Seeds the initial weights. */
  readonly seed: number;
}

export const simpleCnnDefaults: SimpleCnnOptions = {
  frames: 128,
  bands: 64,
  classes: 8,
  channels: [32, 64, 64],
  convolutions: [1, 2, 3],
  stemStride: 2,
  headUnits: 128,
  seed: 0,
};

/**
 * The network as a tfjs model: standardised log-mel [batch, frames, bands, 1] to logits [batch, classes].
 * 195,048 parameters with the defaults, 194,280 of them learnt and the rest batch statistics. Throws LabError when channels
 * and convolutions are not of equally many stages.
 */
export function buildSimpleCnn(options: Partial<SimpleCnnOptions> = {}): tf.LayersModel {
  const { frames, bands, classes, channels, convolutions, stemStride, headUnits, seed } = {
    ...simpleCnnDefaults,
    ...options,
  };
  checkLists("simple-cnn", "stage", { channels, convolutions });
  const { name, convolution, normaliseAndRectify, classify } = convolutionBlocks(seed);
  const layer = (x: tf.SymbolicTensor, filters: number, size: number, strides: number): tf.SymbolicTensor =>
    normaliseAndRectify(convolution(x, filters, size, strides));

  const input = tf.input({ shape: [frames, bands, 1], name: "log_mel" });
  let x = layer(input, channels[0]!, 5, stemStride); // [batch, 64, 32, 32]
  channels.forEach((filters, stage) => {
    if (stage > 0) {
      const pool = new MaxPooling({ name: name("pool"), size: 2 });
      x = pool.apply(x) as tf.SymbolicTensor;
    }
    for (let i = 0; i < convolutions[stage]!; i++) x = layer(x, filters, 3, 1);
  }); // [batch, 16, 8, 64]
  return tf.model({ inputs: input, outputs: classify(x, headUnits, classes), name: "simple-cnn" });
}
