/**
 * DenseNet: every layer of a block sees the outputs of all layers before it.
 *
 * Huang et al. 2017, "Densely Connected Convolutional Networks", the form with bottlenecks and compression
 * (DenseNet-BC): a layer adds few channels (`growth`) to what is there, so that early features stay at hand and few
 * weights are needed. The stem is the paper's for large images: a convolution and a pooling that halve both axes each, so
 * that no dense layer works at a fine resolution, where it costs most. Two blocks instead of four; frames are pooled by
 * their mean and by attention, as in the residual network.
 */
import * as tf from "@tensorflow/tfjs";
import { convolutionBlocks } from "./convolution-blocks.js";
import { MaxPooling } from "./layers.js";

export interface DenseNetOptions {
  /** Frames and mel bands of the input, [frames, bands, 1]. */
  readonly frames: number;
  readonly bands: number;
  readonly classes: number;
  /** Channels of the stem. */
  readonly stemChannels: number;
  /** Channels that a layer adds (k in the paper). */
  readonly growth: number;
  /** Layers of each block; between blocks both axes are halved. */
  readonly layers: readonly number[];
  /** Channels of the 1 × 1 convolution before each 3 × 3 one, in multiples of the growth (4 in the paper). */
  readonly bottleneck: number;
  /** Share of channels that a transition between blocks keeps (θ in the paper). */
  readonly compression: number;
  /** Units of the hidden dense layer of the head. */
  readonly headUnits: number;
  /** Seeds the initial weights. */
  readonly seed: number;
}

export const denseNetDefaults: DenseNetOptions = {
  frames: 128,
  bands: 64,
  classes: 8,
  stemChannels: 32,
  growth: 24,
  layers: [6, 12],
  bottleneck: 4,
  compression: 0.5,
  headUnits: 128,
  seed: 0,
};

/** `densenet-optimised`: two thirds of the growth and of the layers, for a machine with little time. */
export const optimisedDenseNet = { growth: 16, layers: [4, 8] } as const;

/**
 * The network as a tfjs model: standardised log-mel [batch, frames, bands, 1] to logits [batch, classes].
 * 816,544 parameters with the defaults, 805,536 of them learnt and the rest batch statistics; 239,256 when optimised.
 */
export function buildDenseNet(options: Partial<DenseNetOptions> = {}): tf.LayersModel {
  const { frames, bands, classes, stemChannels, growth, layers, bottleneck, ...others } = {
    ...denseNetDefaults,
    ...options,
  };
  const { compression, headUnits, seed } = others;
  const { name, convolution, normaliseAndRectify, classify } = convolutionBlocks(seed);

  // [batch, height, width, channels] -> [batch, height, width, channels + growth]
  const denseLayer = (x: tf.SymbolicTensor): tf.SymbolicTensor => {
    const narrow = convolution(normaliseAndRectify(x), bottleneck * growth, 1, 1);
    const added = convolution(normaliseAndRectify(narrow), growth, 3, 1);
    return tf.layers.concatenate({ name: name("concatenate") }).apply([x, added]) as tf.SymbolicTensor;
  };
  // [batch, height, width, channels] -> [batch, height / 2, width / 2, compression × channels]
  const transition = (x: tf.SymbolicTensor): tf.SymbolicTensor => {
    const kept = convolution(normaliseAndRectify(x), Math.floor(compression * x.shape[3]!), 1, 1);
    const pool = tf.layers.averagePooling2d({ name: name("pool"), poolSize: 2, padding: "same" });
    return pool.apply(kept) as tf.SymbolicTensor;
  };

  const input = tf.input({ shape: [frames, bands, 1], name: "log_mel" });
  const stem = normaliseAndRectify(convolution(input, stemChannels, 7, 2)); // [batch, 64, 32, 32]
  const stemPool = new MaxPooling({ name: "stem_pool", size: 3 });
  let x = stemPool.apply(stem) as tf.SymbolicTensor; // [batch, 32, 16, 32]
  layers.forEach((count, block) => {
    if (block > 0) x = transition(x);
    for (let i = 0; i < count; i++) x = denseLayer(x);
  }); // [batch, 16, 8, 376]
  const logits = classify(normaliseAndRectify(x), headUnits, classes);
  return tf.model({ inputs: input, outputs: logits, name: "densenet" });
}
