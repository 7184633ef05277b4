/**
 * SimpleCNNAudio: plain one-dimensional convolutions on the waveform, as the reference project has them.
 *
 * After M11 of Dai et al. 2017, "Very Deep Convolutional Neural Networks for Raw Waveforms": a first layer of long
 * filters (80 samples, 5 ms) takes the place of the spectrogram: rectified and averaged over 2 ms they are envelopes,
 * which do not depend on the phase of a wave. Small filters follow, while maximum pooling makes the sequence shorter.
 * The first layer moves by 8 samples, read as one step of 8 channels, and the rectifier comes after maximum pooling,
 * where it costs less (both orders give the same numbers).
 */
import * as tf from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";
import { checkLists } from "./check-lists.js";
import { convolutionBlocks } from "./convolution-blocks.js";
import { FrameMask, MaskedAttentivePooling } from "./layers.js";

export interface SimpleCnnAudioOptions {
  /** Samples of the input, a multiple of `stride`, [frames, 1]; 48,000 are 3 s. */
  readonly frames: number;
  readonly bands: number;
  readonly classes: number;
  /** Samples that the first layer moves by. */
  readonly stride: number;
  /** Length of its filters in samples, a multiple of `stride`. */
  readonly filterSamples: number;
  /** Channels of each stage; the first is the first layer's too. */
  readonly channels: readonly number[];
  /** Convolutions of each stage. */
  readonly convolutions: readonly number[];
  /** By how much the sequence is shortened: by averages after the first layer, then by maxima after each stage. */
  readonly pools: readonly number[];
  /** Units of the hidden dense layer of the head. */
  readonly headUnits: number;
  /** Seeds the initial weights. */
  readonly seed: number;
}

export const simpleCnnAudioDefaults: SimpleCnnAudioOptions = {
  frames: 48_000,
  bands: 1,
  classes: 8,
  stride: 8,
  filterSamples: 80,
  channels: [64, 128, 256, 512, 512],
  convolutions: [1, 2, 2, 2, 3],
  pools: [4, 4, 2, 4, 2, 1],
  headUnits: 504,
  seed: 0,
};

/**
 * The network as a tfjs model: samples [batch, frames, 1], exactly 0 around a short clip, to logits [batch, classes].
 * 4,459,968 parameters with the defaults. Throws LabError for a length that the stride does not divide, and when channels,
 * convolutions and pools are not of equally many stages.
 */
export function buildSimpleCnnAudio(options: Partial<SimpleCnnAudioOptions> = {}): tf.LayersModel {
  const { frames, bands, classes, stride, filterSamples, channels, convolutions, pools, headUnits, seed } = {
    ...simpleCnnAudioDefaults,
    ...options,
  };
  checkShape(frames, bands, stride, filterSamples);
  checkLists("simple-cnn-audio", "stage", {
    channels,
    convolutions,
    "pools after the first": pools.slice(1),
  });
  const { name, heNormal, normalise, rectify, decide } = convolutionBlocks(seed);

  // [batch, 1, steps, in] -> [batch, 1, steps, filters]; a height of 1 makes the convolution one-dimensional
  const convolve = (x: tf.SymbolicTensor, filters: number, width: number): tf.SymbolicTensor => {
    const convolution = tf.layers.conv2d({
      name: name("convolution"),
      filters,
      kernelSize: [1, width],
      padding: "same",
      useBias: false,
      kernelInitializer: heNormal(),
    });
    return normalise(convolution.apply(x) as tf.SymbolicTensor);
  };
  // [batch, 1, steps, channels] -> [batch, 1, ⌈steps / size⌉, channels]
  const shorten = (x: tf.SymbolicTensor, by: "average" | "maximum", size: number): tf.SymbolicTensor => {
    if (size === 1) return x;
    const window: [number, number] = [1, size];
    const options = { name: name(by), poolSize: window, strides: window, padding: "same" as const };
    const layer = by === "average" ? tf.layers.averagePooling2d(options) : tf.layers.maxPooling2d(options);
    return layer.apply(x) as tf.SymbolicTensor;
  };

  const input = tf.input({ shape: [frames, 1], name: "samples" });
  const steps = tf.layers.reshape({ name: "steps", targetShape: [1, frames / stride, stride] }).apply(input);
  const filtered = convolve(steps as tf.SymbolicTensor, channels[0]!, filterSamples / stride); // [batch, 1, 6000, 64]
  let x = shorten(rectify(filtered), "average", pools[0]!); // [batch, 1, 1500, 64]
  channels.forEach((filters, stage) => {
    const count = convolutions[stage]!;
    for (let i = 1; i < count; i++) x = rectify(convolve(x, filters, 3));
    x = rectify(shorten(convolve(x, filters, 3), "maximum", pools[stage + 1]!));
  }); // [batch, 1, 24, 512]

  const [, , length, depth] = x.shape as [null, number, number, number];
  const sequence = tf.layers.reshape({ name: "frames", targetShape: [length, depth] }).apply(x); // [batch, 24, 512]
  const samplesAFrame = pools.reduce((product, pool) => product * pool, stride);
  const mask = new FrameMask({ name: "mask", stride: samplesAFrame }).apply(input); // [batch, 24]
  const pooled = new MaskedAttentivePooling({ name: "pooling" }).apply([
    sequence as tf.SymbolicTensor,
    mask as tf.SymbolicTensor,
  ]) as tf.SymbolicTensor; // [batch, 1024]
  return tf.model({ inputs: input, outputs: decide(pooled, headUnits, classes), name: "simple-cnn-audio" });
}

function checkShape(frames: number, bands: number, stride: number, filterSamples: number): void {
  if (bands !== 1) {
    throw new LabError(
      `simple-cnn-audio takes samples, 1 number a frame, and the features have ${bands}.`,
      'Use features of kind "waveform".',
    );
  }
  for (const [name, value] of Object.entries({ frames, filterSamples })) {
    if (value % stride === 0) continue;
    throw new LabError(
      `simple-cnn-audio: ${name} is ${value}, which its stride of ${stride} does not divide.`,
      `Use ${Math.max(1, Math.round(value / stride)) * stride}.`,
    );
  }
}
