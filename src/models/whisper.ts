/**
 * Whisper: the encoder of a speech recogniser, its upper blocks tuned to emotion.
 *
 * Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak Supervision". An encoder that has heard 680,000
 * hours knows how things are said as well as what: the lower blocks stay as they are (they stand before the model as a
 * front end, and are computed once for each clip), the upper ones are tuned gently, and a learnt mix of all of them is
 * pooled over the frames of the clip. 9.85 million parameters are tuned of base's 20.6 million.
 */
import * as tf from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";
import { halfToSingle, singleToHalf } from "../core/half-precision.js";
import type { WeightsByName, WeightsFile } from "../core/weights-store.js";
import {
  FrameMask,
  LayerMix,
  LayerNorm,
  MaskedAttentivePooling,
  Rectifier,
  TransformerBlock,
  WhisperStem,
} from "./layers.js";
import type { Pretrained } from "./pretrained.js";

export interface WhisperOptions {
  /** Frames of the input at 50 a second, and the encoder's channels: [frames, bands]. */
  readonly frames: number;
  readonly bands: number;
  readonly classes: number;
  /** Which encoder: one of `whisperSizes`. */
  readonly size: string;
  /** Upper blocks that are trained; those below stand before the model, frozen. */
  readonly tunedBlocks: number;
  /** Units of the hidden dense layer of the head. */
  readonly headUnits: number;
  /** Seeds the initial weights of the head. */
  readonly seed: number;
}

export const whisperDefaults: WhisperOptions = {
  frames: 128,
  bands: 512,
  classes: 8,
  size: "base",
  tunedBlocks: 3,
  headUnits: 256,
  seed: 0,
};

/** An encoder's shape, and where its weights come from. */
export interface WhisperSize {
  readonly channels: number;
  readonly heads: number;
  readonly blocks: number;
  /** Null for weights at random. */
  readonly file: WeightsFile | null;
}

const melBands = 80;
const from = (model: string) => ({
  name: `${model}-encoder.safetensors`,
  origin: `It holds the arrays model.encoder.* of https://huggingface.co/openai/${model} (MIT licence) as float16.`,
  partOf: { repository: `openai/${model}`, prefix: "model.encoder." },
});

/** `random-small` is an untrained encoder, for tests and for synthetic speech: it shows that everything runs, no more. */
export const whisperSizes: Readonly<Record<string, WhisperSize>> = {
  base: {
    channels: 512,
    heads: 8,
    blocks: 6,
    file: {
      ...from("whisper-base"),
      sha256: "f7a3ecef0e223f0891f4c5cc5333cc16ae1a980ae07d1c3d6d2c2ec0a4e23088",
    },
  },
  "tiny.en": {
    channels: 384,
    heads: 6,
    blocks: 4,
    file: {
      ...from("whisper-tiny.en"),
      sha256: "9ead8cddb07232fc57fb16344398c229002a17b174158da776901e2bfbeda8d5",
    },
  },
  "random-small": { channels: 32, heads: 2, blocks: 2, file: null },
};

/** The tuned part as a tfjs model: outputs of the last frozen block [batch, frames, bands] to logits [batch, classes]. */
export function buildWhisper(options: Partial<WhisperOptions> = {}): tf.LayersModel {
  const { frames, bands, classes, size, tunedBlocks, headUnits, seed } = { ...whisperDefaults, ...options };
  const encoder = sizeNamed(size, tunedBlocks);
  if (bands !== encoder.channels) {
    throw new LabError(
      `Whisper ${size} has ${encoder.channels} channels, and the input ${bands}.`,
      "Give the outputs of its front end.",
    );
  }
  const input = tf.input({ shape: [frames, bands], name: "frozen_blocks" });
  const mask = new FrameMask({ name: "frame_mask" }).apply(input) as tf.SymbolicTensor; // [batch, frames]
  const outputs = [input];
  for (let number = encoder.blocks - tunedBlocks + 1; number <= encoder.blocks; number++) {
    const block = blockOf(encoder, number, 1000 * seed + number);
    outputs.push(block.apply([outputs.at(-1)!, mask]) as tf.SymbolicTensor); // [batch, frames, bands]
  }
  const mixed = new LayerMix({ name: "mix" }).apply(outputs);
  const normalised = new LayerNorm({ name: "norm" }).apply(mixed) as tf.SymbolicTensor;
  const pooling = new MaskedAttentivePooling({ name: "pooling", deviation: true });
  let y = pooling.apply([normalised, mask]) as tf.SymbolicTensor; // [batch, 3 × bands]
  const heNormal = tf.initializers.heNormal({ seed: 1000 * seed + 101 });
  y = tf.layers
    .dense({ name: "head", units: headUnits, kernelInitializer: heNormal })
    .apply(y) as tf.SymbolicTensor;
  y = new Rectifier({ name: "rectifier" }).apply(y) as tf.SymbolicTensor;
  const glorot = tf.initializers.glorotUniform({ seed: 1000 * seed + 102 });
  const logits = tf.layers.dense({ name: "logits", units: classes, kernelInitializer: glorot }).apply(y);
  return tf.model({ inputs: input, outputs: logits as tf.SymbolicTensor, name: "whisper" });
}

/** The lower part: Whisper's log-mel [batch, frames, 80] to the outputs of so many blocks [batch, frames / 2, channels]. */
export function buildWhisperEncoder(
  encoder: Omit<WhisperSize, "file">,
  blocks: number,
  { bands = melBands, mostFrames = 1500 } = {},
): tf.LayersModel {
  const input = tf.input({ shape: [null, bands], name: "log_mel" });
  const stem = new WhisperStem({ name: "stem", channels: encoder.channels, mostFrames });
  let y = stem.apply(input) as tf.SymbolicTensor;
  for (let number = 1; number <= blocks; number++) {
    y = blockOf(encoder, number, number).apply(y) as tf.SymbolicTensor;
  }
  return tf.model({ inputs: input, outputs: y, name: "whisper_encoder" });
}

/** What the architecture takes from OpenAI's weights, given its options. Throws LabError for a size that there is not. */
export function pretrainedWhisper(options: Pick<WhisperOptions, "size" | "tunedBlocks">): Pretrained {
  const encoder = sizeNamed(options.size, options.tunedBlocks);
  const frozenBlocks = encoder.blocks - options.tunedBlocks;
  return {
    file: encoder.file,
    frontEnd: `whisper-${options.size}-frozen-${frozenBlocks}`,
    channels: encoder.channels,
    buildFrontEnd(weights) {
      const model = buildWhisperEncoder(encoder, frozenBlocks);
      if (weights !== null) putWhisperWeights(model, weights);
      else roundWeights(model);
      model.trainable = false;
      return model;
    },
    putInto: putWhisperWeights,
  };
}

/** Puts Hugging Face's `model.encoder.*` into the layers of a model that are named as here. Throws LabError when one lacks. */
export function putWhisperWeights(model: tf.LayersModel, weights: WeightsByName): void {
  const array = (name: string): tf.Tensor => {
    const found = weights.get(`model.encoder.${name}`);
    if (found === undefined) {
      throw new LabError(`The weights lack model.encoder.${name}.`, "They are of another architecture.");
    }
    return tf.tensor(found.values, [...found.shape]);
  };
  for (const layer of model.layers) {
    const number = /^block_(\d+)$/.exec(layer.name)?.[1];
    const values = tf.tidy(() => {
      if (layer instanceof WhisperStem) return stemWeights(array);
      if (number !== undefined) return blockWeights((name) => array(`layers.${Number(number) - 1}.${name}`));
      return layer.name === "norm" ? [array("layer_norm.weight"), array("layer_norm.bias")] : [];
    });
    if (values.length > 0) layer.setWeights(values);
    tf.dispose(values);
  }
}

/** Rounds weights to float16, as files of weights have them and as a front end is published. */
function roundWeights(model: tf.LayersModel): void {
  const rounded = model.getWeights().map((weight) => {
    const halves = singleToHalf(weight.dataSync<"float32">() as Float32Array);
    return tf.tensor(halfToSingle(halves), weight.shape);
  });
  model.setWeights(rounded);
  tf.dispose(rounded);
}

type ArrayNamed = (name: string) => tf.Tensor;

/** Convolutions lie in PyTorch as [out, in, width], in TensorFlow as [width, in, out]. */
function stemWeights(array: ArrayNamed): tf.Tensor[] {
  const convolution = (name: string) => [
    tf.transpose(array(`${name}.weight`), [2, 1, 0]),
    array(`${name}.bias`),
  ];
  return [...convolution("conv1"), ...convolution("conv2"), array("embed_positions.weight")];
}

/** Dense layers lie in PyTorch as [out, in], in TensorFlow as [in, out]. Whisper's keys have no bias. */
function blockWeights(array: ArrayNamed): tf.Tensor[] {
  const norm = (name: string) => [array(`${name}.weight`), array(`${name}.bias`)];
  const dense = (name: string) => [tf.transpose(array(`${name}.weight`)), array(`${name}.bias`)];
  const [query, queryBias] = dense("self_attn.q_proj") as [tf.Tensor, tf.Tensor];
  const [value, valueBias] = dense("self_attn.v_proj") as [tf.Tensor, tf.Tensor];
  const key = tf.transpose(array("self_attn.k_proj.weight"));
  return [
    ...norm("self_attn_layer_norm"),
    tf.concat([query, key, value], 1),
    tf.concat([queryBias, tf.zerosLike(queryBias), valueBias]),
    ...dense("self_attn.out_proj"),
    ...norm("final_layer_norm"),
    ...dense("fc1"),
    ...dense("fc2"),
  ];
}

function blockOf(
  { channels, heads }: Omit<WhisperSize, "file">,
  number: number,
  seed: number,
): TransformerBlock {
  return new TransformerBlock({
    name: `block_${number}`,
    heads,
    hiddenUnits: 4 * channels,
    norm: "pre",
    seed,
  });
}

function sizeNamed(size: string, tunedBlocks: number): WhisperSize {
  const encoder = whisperSizes[size];
  if (encoder === undefined) {
    throw new LabError(
      `There is no Whisper of size "${size}".`,
      `options.size is one of: ${Object.keys(whisperSizes).join(", ")}.`,
    );
  }
  if (!Number.isInteger(tunedBlocks) || tunedBlocks < 1 || tunedBlocks > encoder.blocks) {
    throw new LabError(
      `options.tunedBlocks is ${tunedBlocks}.`,
      `Whisper ${size} has ${encoder.blocks} blocks: use a whole number from 1 to ${encoder.blocks}.`,
    );
  }
  return encoder;
}
