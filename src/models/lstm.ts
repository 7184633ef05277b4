/**
 * LSTM: two bidirectional recurrent layers on the log-mel spectrogram, pooled over the frames of the recording.
 *
 * Graves and Schmidhuber 2005, "Framewise phoneme classification with bidirectional LSTM", in the reference project's
 * size. What keeps it from one answer for every clip, where the reference stopped: inputs are standardised, padding is neither
 * read nor pooled, and the pooling is mean, deviation and attention (Okabe et al. 2018) instead of the last frame.
 * 190,154 parameters with the defaults.
 */
import * as tf from "@tensorflow/tfjs";
import { BidirectionalLstm, ChannelDropout, FrameMask, MaskedAttentivePooling, Rectifier } from "./layers.js";

export interface LstmOptions {
  /** Frames and mel bands of the input, [frames, bands]. */
  readonly frames: number;
  readonly bands: number;
  readonly classes: number;
  /** Units of each recurrent layer, in each direction. */
  readonly units: readonly number[];
  /** Share of channels dropped between recurrent layers and before the logits, in training. */
  readonly dropout: number;
  /** Units of the hidden dense layer of the head. */
  readonly headUnits: number;
  /** Seeds the initial weights and the dropout. */
  readonly seed: number;
}

export const lstmDefaults: LstmOptions = {
  frames: 128,
  bands: 64,
  classes: 8,
  units: [64, 64],
  dropout: 0.2,
  headUnits: 64,
  seed: 0,
};

/**
 * The network as a tfjs model: standardised log-mel [batch, frames, bands] to logits [batch, classes]. A frame whose
 * bands are all exactly 0 is padding.
 */
export function buildLstm(options: Partial<LstmOptions> = {}): tf.LayersModel {
  const { frames, bands, classes, units, dropout, headUnits, seed } = { ...lstmDefaults, ...options };
  let layerSeed = seed * 1000;
  const nextSeed = (): number => {
    layerSeed += 4; // a recurrent layer draws four matrices
    return layerSeed;
  };
  let dropouts = 0;
  const drop = (x: tf.SymbolicTensor): tf.SymbolicTensor =>
    dropout === 0
      ? x
      : (new ChannelDropout({ name: `dropout_${++dropouts}`, rate: dropout, seed: nextSeed() }).apply(
          x,
        ) as tf.SymbolicTensor);

  const input = tf.input({ shape: [frames, bands], name: "log_mel" });
  const mask = new FrameMask({ name: "mask" }).apply(input) as tf.SymbolicTensor; // [batch, frames]
  let x = input;
  units.forEach((width, i) => {
    if (i > 0) x = drop(x);
    const layer = new BidirectionalLstm({ name: `lstm_${i + 1}`, units: width, seed: nextSeed() });
    x = layer.apply([x, mask]) as tf.SymbolicTensor; // [batch, frames, 128]
  });

  const pooling = new MaskedAttentivePooling({ name: "pooling", deviation: true });
  let y = pooling.apply([x, mask]) as tf.SymbolicTensor; // [batch, 384]
  const heNormal = tf.initializers.heNormal({ seed: nextSeed() });
  y = tf.layers
    .dense({ name: "head", units: headUnits, kernelInitializer: heNormal })
    .apply(y) as tf.SymbolicTensor;
  y = drop(new Rectifier({ name: "rectifier" }).apply(y) as tf.SymbolicTensor);
  const glorot = tf.initializers.glorotUniform({ seed: nextSeed() });
  const logits = tf.layers.dense({ units: classes, kernelInitializer: glorot, name: "logits" }).apply(y);
  return tf.model({ inputs: input, outputs: logits as tf.SymbolicTensor, name: "lstm" });
}
