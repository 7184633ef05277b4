/**
 * wav2vec 2.0: convolutions on the waveform, then a transformer.
 *
 * Baevski et al. 2020, "wav2vec 2.0: A Framework for Self-Supervised Learning of Speech Representations", figure 1
 * without its quantiser: seven convolutions turn 25 ms of samples every 20 ms into a frame, and a transformer with
 * relative positions, a wide convolution, relates the frames. Published sizes are `base` (95 million parameters), `large`
 * and XLS-R; with `pretrained` (src/models/pretrained-wav2vec2.ts) their weights are read and their sizes follow. The
 * defaults are what is trained here from a random start: the reference project's 4 layers, with a feature encoder of 128
 * channels and a width of 256 where it has 512 and 512: 4.0 million parameters.
 */
import * as tf from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";
import { checkLists } from "./check-lists.js";
import {
  FrameMask,
  GeluConvolution,
  LayerNorm,
  MaskedAttentivePooling,
  PositionConvolution,
  TransformerBlock,
  WaveFilters,
} from "./layers.js";

export interface Wav2Vec2Options {
  /** Samples of the input, [frames, 1]; 48,000 are 3 s and give 149 frames of the encoder. */
  readonly frames: number;
  readonly bands: number;
  readonly classes: number;
  /** The feature encoder: channels, length and step of each convolution's filters. */
  readonly channels: readonly number[];
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  /**
   * "group": the first convolution is normalised over time, and blocks normalise after each sum (base).
   * "layer": every convolution has a bias and a layer norm, and blocks normalise before each part (large, XLS-R).
   */
  readonly norm: "group" | "layer";
  /** Channels of the transformer, its blocks, heads, and hidden units. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly hiddenUnits: number;
  /** Frames that the convolution of positions sees, and its groups. */
  readonly positionFrames: number;
  readonly positionGroups: number;
  /** Seeds the initial weights. */
  readonly seed: number;
}

export const wav2Vec2Defaults: Wav2Vec2Options = {
  frames: 48_000,
  bands: 1,
  classes: 8,
  channels: [128, 128, 128, 128, 128, 128, 128],
  sizes: [10, 3, 3, 3, 3, 2, 2],
  strides: [5, 2, 2, 2, 2, 2, 2],
  norm: "group",
  width: 256,
  layers: 4,
  heads: 4,
  hiddenUnits: 1024,
  positionFrames: 128,
  positionGroups: 16,
  seed: 0,
};

const epsilon = 1e-5;

/**
 * The network as a tfjs model: samples [batch, frames, 1] at mean 0 and variance 1, exactly 0 around a short clip, to
 * logits [batch, classes]. Throws LabError for features that are no samples, for fewer samples than a frame sees, and when
 * channels, sizes and strides are not of equally many convolutions.
 */
export function buildWav2Vec2(options: Partial<Wav2Vec2Options> = {}): tf.LayersModel {
  const { frames, bands, classes, channels, sizes, strides, norm, ...transformer } = {
    ...wav2Vec2Defaults,
    ...options,
  };
  const { width, layers, heads, hiddenUnits, positionFrames, positionGroups, seed } = transformer;
  checkOptions({ ...wav2Vec2Defaults, ...options });
  let layerSeed = seed * 1000;
  const isLayerForm = norm === "layer";

  const input = tf.input({ shape: [frames, 1], name: "samples" });
  let x: tf.SymbolicTensor = input;
  channels.forEach((filters, i) => {
    const shared = { name: `convolution_${i + 1}`, filters, size: sizes[i]!, stride: strides[i]!, epsilon };
    const layer =
      i === 0 && !isLayerForm
        ? new WaveFilters({ ...shared, seed: ++layerSeed })
        : new GeluConvolution({ ...shared, layerNorm: isLayerForm, followsGelu: i > 0, seed: ++layerSeed });
    x = layer.apply(x) as tf.SymbolicTensor;
  }); // [batch, 149, 128], √2 times the last GELU: its variance is twice as large, and so is this norm's epsilon
  x = new LayerNorm({ name: "feature_norm", epsilon: 2 * epsilon }).apply(x) as tf.SymbolicTensor;
  const kernelInitializer = tf.initializers.glorotUniform({ seed: ++layerSeed });
  x = tf.layers.dense({ name: "projection", units: width, kernelInitializer }).apply(x) as tf.SymbolicTensor; // [batch, 149, 256]

  const stride = strides.reduce((product, step) => product * step, 1);
  const mask = new FrameMask({ name: "mask", stride, frames: x.shape[1]! }).apply(input) as tf.SymbolicTensor;
  x = new PositionConvolution({
    name: "positions",
    size: positionFrames,
    groups: positionGroups,
    seed: ++layerSeed,
  }).apply([x, mask]) as tf.SymbolicTensor;
  const normalise = () => new LayerNorm({ name: "norm", epsilon }).apply(x) as tf.SymbolicTensor;
  if (!isLayerForm) x = normalise();
  for (let block = 1; block <= layers; block++) {
    x = new TransformerBlock({
      name: `block_${block}`,
      heads,
      hiddenUnits,
      norm: isLayerForm ? "pre" : "post",
      activation: "gelu",
      epsilon,
      seed: ++layerSeed,
    }).apply([x, mask]) as tf.SymbolicTensor;
  }
  if (isLayerForm) x = normalise(); // [batch, 149, 256]

  const pooled = new MaskedAttentivePooling({ name: "pooling", deviation: true }).apply([x, mask]); // [batch, 768]
  const logitsInitializer = tf.initializers.glorotUniform({ seed: ++layerSeed });
  const logits = tf.layers
    .dense({ name: "logits", units: classes, kernelInitializer: logitsInitializer })
    .apply(pooled);
  return tf.model({ inputs: input, outputs: logits as tf.SymbolicTensor, name: "wav2vec2" });
}

function checkOptions({ frames, bands, channels, sizes, strides }: Wav2Vec2Options): void {
  if (bands !== 1) {
    throw new LabError(
      `wav2vec2 takes samples, 1 number a frame, and the features have ${bands}.`,
      'Use features of kind "waveform".',
    );
  }
  checkLists("wav2vec2", "convolution", { channels, sizes, strides });
  // From the last convolution back: how many samples one frame of the encoder sees.
  const seen = sizes.reduceRight((length, size, i) => (length - 1) * strides[i]! + size, 1);
  if (frames < seen) {
    throw new LabError(
      `wav2vec2: ${frames} samples are fewer than the ${seen} that one frame sees.`,
      "Raise training.frames.",
    );
  }
}
