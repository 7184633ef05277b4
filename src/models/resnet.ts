/**
 * ResNet: a small residual network on the log-mel spectrogram.
 *
 * He et al. 2016, "Deep Residual Learning for Image Recognition", with the reference project's stem of 16 channels
 * and stages of 16, 32 and 64. Two things differ from it, and help: the stem halves both axes, which costs little
 * accuracy and makes training several times faster; and frames are pooled by their mean and by attention, so that
 * the silence around a short clip does not water the answer down.
 */
import * as tf from "@tensorflow/tfjs";
import { checkLists } from "./check-lists.js";
import { convolutionBlocks } from "./convolution-blocks.js";

export interface ResNetOptions {
  /** Frames and mel bands of the input, [frames, bands, 1]. */
  readonly frames: number;
  readonly bands: number;
  readonly classes: number;
  /** Channels of each stage; the first is the stem's too. Every stage after the first halves both axes. */
  readonly channels: readonly number[];
  /** Residual blocks of each stage. The first works at the finest resolution, where a block costs most. */
  readonly blocks: readonly number[];
  /** Stride of the stem's convolution on both axes: 2 is five times faster than 1. */
  readonly stemStride: number;
  /** Units of the hidden dense layer of the head. */
  readonly headUnits: number;
  /** Seeds the initial weights. */
  readonly seed: number;
}

export const resNetDefaults: ResNetOptions = {
  frames: 128,
  bands: 64,
  classes: 8,
  channels: [16, 32, 64],
  blocks: [1, 2, 2],
  stemStride: 2,
  headUnits: 128,
  seed: 0,
};

/**
 * oneDNN (TensorFlow 2.21, AVX-512) writes past its memory in the kernel's gradient of a strided 1 × 1 convolution of
 * fewer input channels, which are random gradients or the end of the process: there the positions are picked first and
 * convolved without a stride, which is the same function.
 */
const fewestStridedChannels = 16;

/**
 * The network as a tfjs model: standardised log-mel [batch, frames, bands, 1] to logits [batch, classes].
 * 188,312 parameters with the defaults, 187,256 of them learnt and the rest batch statistics. Throws LabError when channels
 * and blocks are not of equally many stages.
 */
export function buildResNet(options: Partial<ResNetOptions> = {}, modelName = "resnet"): tf.LayersModel {
  const { frames, bands, classes, channels, blocks, stemStride, headUnits, seed } = {
    ...resNetDefaults,
    ...options,
  };
  checkLists(modelName, "stage", { channels, blocks });
  const { name, convolution, normalise, rectify, classify } = convolutionBlocks(seed);

  const project = (x: tf.SymbolicTensor, filters: number, strides: number): tf.SymbolicTensor => {
    if (strides === 1 || x.shape[3]! >= fewestStridedChannels) return convolution(x, filters, 1, strides);
    const every = tf.layers
      .averagePooling2d({ name: name("every"), poolSize: 1, strides, padding: "same" })
      .apply(x);
    return convolution(every as tf.SymbolicTensor, filters, 1, 1);
  };

  // [batch, height, width, in] -> [batch, height / strides, width / strides, filters]
  const residualBlock = (x: tf.SymbolicTensor, filters: number, strides: number): tf.SymbolicTensor => {
    let y = rectify(normalise(convolution(x, filters, 3, strides)));
    y = normalise(convolution(y, filters, 3, 1));
    const plain = strides === 1 && x.shape[3] === filters;
    const shortcut = plain ? x : normalise(project(x, filters, strides));
    return rectify(tf.layers.add({ name: name("add") }).apply([y, shortcut]) as tf.SymbolicTensor);
  };

  const input = tf.input({ shape: [frames, bands, 1], name: "log_mel" });
  let x = rectify(normalise(convolution(input, channels[0]!, 3, stemStride))); // [batch, 64, 32, 16]
  channels.forEach((filters, stage) => {
    for (let block = 0; block < blocks[stage]!; block++) {
      x = residualBlock(x, filters, stage > 0 && block === 0 ? 2 : 1);
    }
  }); // [batch, 16, 8, 64]
  const logits = classify(x, headUnits, classes);
  return tf.model({ inputs: input, outputs: logits, name: modelName });
}
