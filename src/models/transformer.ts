/**
 * Transformer: a convolution that halves the frame rate, two blocks of self-attention, pooled over the recording.
 *
 * Vaswani et al. 2017, "Attention Is All You Need", in the reference project's size, with the layer norms in front of
 * each part (Xiong et al. 2020), which trains without tricks. What keeps it from one answer for every clip, where the
 * reference stopped: inputs are standardised, no frame attends to padding, and the pooling is mean, deviation and attention over
 * valid frames. 309,512 parameters with the defaults.
 */
import * as tf from "@tensorflow/tfjs";
import {
  FrameMask,
  Gelu,
  LayerNorm,
  MaskedAttentivePooling,
  SinusoidalPositions,
  TransformerBlock,
} from "./layers.js";

export interface TransformerOptions {
  /** Frames and mel bands of the input, [frames, bands]. */
  readonly frames: number;
  readonly bands: number;
  readonly classes: number;
  readonly channels: number;
  /** Heads of each block; they share the channels. */
  readonly heads: number;
  readonly blocks: number;
  /** Units of the feed-forward part's hidden layer. */
  readonly hiddenUnits: number;
  /** Seeds the initial weights. */
  readonly seed: number;
}

export const transformerDefaults: TransformerOptions = {
  frames: 128,
  bands: 64,
  classes: 8,
  channels: 128,
  heads: 4,
  blocks: 2,
  hiddenUnits: 256,
  seed: 0,
};

/** Frames that the stem's convolution sees at once, and by how many it steps. */
const stemWidth = 5;
const stemStride = 2;

/**
 * The network as a tfjs model: standardised log-mel [batch, frames, bands] to logits [batch, classes]. A frame whose
 * bands are all exactly 0 is padding.
 */
export function buildTransformer(options: Partial<TransformerOptions> = {}): tf.LayersModel {
  const { frames, bands, classes, channels, heads, blocks, hiddenUnits, seed } = {
    ...transformerDefaults,
    ...options,
  };
  const input = tf.input({ shape: [frames, bands], name: "log_mel" });
  const mask = new FrameMask({ name: "mask", stride: stemStride }).apply(input) as tf.SymbolicTensor; // [batch, 64]
  let x = tf.layers
    .conv1d({
      name: "stem",
      filters: channels,
      kernelSize: stemWidth,
      strides: stemStride,
      padding: "same",
      kernelInitializer: tf.initializers.heNormal({ seed: 1000 * seed + 1 }),
    })
    .apply(input) as tf.SymbolicTensor; // [batch, 64, 128]
  x = new Gelu({ name: "gelu" }).apply(x) as tf.SymbolicTensor;
  x = new SinusoidalPositions({ name: "positions" }).apply(x) as tf.SymbolicTensor;
  for (let number = 1; number <= blocks; number++) {
    const block = new TransformerBlock({
      name: `block_${number}`,
      heads,
      hiddenUnits,
      norm: "pre",
      activation: "gelu",
      seed: 1000 * seed + number,
    });
    x = block.apply([x, mask]) as tf.SymbolicTensor; // [batch, 64, 128]
  }
  x = new LayerNorm({ name: "norm" }).apply(x) as tf.SymbolicTensor;
  const pooling = new MaskedAttentivePooling({ name: "pooling", deviation: true });
  const pooled = pooling.apply([x, mask]) as tf.SymbolicTensor; // [batch, 384]
  const glorot = tf.initializers.glorotUniform({ seed: 1000 * seed + 2 });
  const logits = tf.layers.dense({ name: "logits", units: classes, kernelInitializer: glorot }).apply(pooled);
  return tf.model({ inputs: input, outputs: logits as tf.SymbolicTensor, name: "transformer" });
}
