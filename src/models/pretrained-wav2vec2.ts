import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { LabError, messageOf } from "../core/errors.js";
import { sha256, sha256OfFile } from "../core/hash.js";
import { decodeSafetensors, type NamedArray } from "../core/safetensors.js";
import { buildWav2Vec2, type Wav2Vec2Options, wav2Vec2Defaults } from "./wav2vec2.js";

export interface PretrainedWav2Vec2Options extends Wav2Vec2Options {
  /**
   * A model.safetensors as Hugging Face publishes it for wav2vec2-base, -large or XLS-R: its sizes take the place of the
   * options', its weights that of the random start. "none" for a random start.
   */
  readonly pretrained: string;
  /** The file's checksum, so that the options name its content and no other is read (`pinPretrainedWav2Vec2`). */
  readonly pretrainedSha256?: string;
}

export const pretrainedWav2Vec2Defaults: PretrainedWav2Vec2Options = {
  ...wav2Vec2Defaults,
  pretrained: "none",
};

/** Every published size has heads of 64 channels and 16 groups in the convolution of positions. */
const channelsOfHead = 64;

/**
 * Options with the SHA-256 of the file that they name, those of a random start as they are. Throws LabError when the file
 * cannot be read.
 */
export async function pinPretrainedWav2Vec2<Options extends { readonly pretrained?: unknown }>(
  options: Options,
): Promise<Options & { readonly pretrainedSha256?: string }> {
  const { pretrained } = options;
  if (typeof pretrained !== "string" || pretrained === "none") return options;
  const pretrainedSha256 = await sha256OfFile(pretrained).catch((error: unknown) => {
    throw unreadable(error);
  });
  return { ...options, pretrainedSha256 };
}

/**
 * The network of the options, with published weights where they name a file. Throws LabError when that is another file
 * than the checksum says, and as `fillWav2Vec2` does.
 */
export function buildPretrainedWav2Vec2({
  pretrained,
  pretrainedSha256,
  ...options
}: PretrainedWav2Vec2Options): tf.LayersModel {
  if (pretrained === "none") return buildWav2Vec2(options);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(pretrained);
  } catch (error) {
    throw unreadable(error);
  }
  const found = sha256(bytes);
  if (pretrainedSha256 !== undefined && found !== pretrainedSha256) {
    throw new LabError(
      `${pretrained} is not the file that the run was defined with: its SHA-256 is ${found}, not ${pretrainedSha256}.`,
      "Put that file back, or define the run anew: with this one it is another run.",
    );
  }
  const { arrays } = decodeSafetensors(bytes, pretrained);
  const weights = new PublishedWeights(arrays, pretrained);
  const model = buildWav2Vec2({ ...options, ...weights.sizes(options) });
  fill(model, weights);
  return model;
}

function unreadable(error: unknown): LabError {
  return new LabError(
    `The weights of wav2vec2 cannot be read: ${messageOf(error)}.`,
    "options.pretrained names a model.safetensors; download it from Hugging Face, or use none.",
  );
}

/**
 * Puts published weights into a network of `buildWav2Vec2`, all but its head. Throws LabError that names the file and
 * the array when one is missing, of another shape, or not known to wav2vec 2.0.
 */
export function fillWav2Vec2(model: tf.LayersModel, arrays: readonly NamedArray[], file: string): void {
  fill(model, new PublishedWeights(arrays, file));
}

/** Names of whole checkpoints that the encoder does not use: pre-training's quantiser and heads of other tasks. */
const unused =
  /^(masked_spec_embed|quantizer\.|project_q\.|project_hid\.|lm_head\.|projector\.|classifier\.)/;

class PublishedWeights {
  private readonly arrays = new Map<string, NamedArray>();

  constructor(
    arrays: readonly NamedArray[],
    private readonly file: string,
  ) {
    for (const array of arrays) {
      const name = array.name
        .replace(/^wav2vec2\./, "")
        .replace(/parametrizations\.weight\.original0$/, "weight_g")
        .replace(/parametrizations\.weight\.original1$/, "weight_v");
      if (!unused.test(name)) this.arrays.set(name, array);
    }
  }

  has(name: string): boolean {
    return this.arrays.has(name);
  }

  /** The options of the network that these are the weights of. Positions keep the options' groups. */
  sizes({ positionGroups }: Pick<Wav2Vec2Options, "positionGroups">): Partial<Wav2Vec2Options> {
    const count = (prefix: string): number => {
      let i = 0;
      while ([...this.arrays.keys()].some((name) => name.startsWith(`${prefix}.${i}.`))) i++;
      return i;
    };
    const convolutions = Array.from({ length: count("feature_extractor.conv_layers") }, (_, i) =>
      this.shapeOf(`feature_extractor.conv_layers.${i}.conv.weight`),
    );
    const width = this.shapeOf("feature_projection.projection.weight")[0]!;
    return {
      channels: convolutions.map((shape) => shape[0]!),
      sizes: convolutions.map((shape) => shape[2]!),
      strides: convolutions.map((_, i) => (i === 0 ? 5 : 2)),
      norm: this.has("feature_extractor.conv_layers.1.layer_norm.weight") ? "layer" : "group",
      width,
      layers: count("encoder.layers"),
      heads: Math.max(1, width / channelsOfHead),
      hiddenUnits: this.shapeOf("encoder.layers.0.feed_forward.intermediate_dense.weight")[0]!,
      positionFrames: this.shapeOf("encoder.pos_conv_embed.conv.weight_v")[2]!,
      positionGroups,
    };
  }

  /** The array as a tensor, taken off the list. Throws LabError when it is missing or of another shape. */
  take(name: string, shape: readonly number[]): tf.Tensor {
    const found = this.shapeOf(name);
    if (found.join() !== shape.join()) {
      throw this.unfit(`${name} is [${found.join(", ")}], where this network has [${shape.join(", ")}]`);
    }
    const { values } = this.arrays.get(name)!;
    this.arrays.delete(name);
    return tf.tensor(values, [...shape]);
  }

  /** Throws LabError when an array was not taken: it belongs to another network. */
  throwIfAnyIsLeft(): void {
    const [name] = this.arrays.keys();
    if (name !== undefined) throw this.unfit(`${name} is no part of this network`);
  }

  private shapeOf(name: string): readonly number[] {
    const array = this.arrays.get(name);
    if (array === undefined) throw this.unfit(`${name} is missing`);
    return array.shape;
  }

  private unfit(reason: string): LabError {
    return new LabError(
      `${this.file} does not hold the weights of this wav2vec 2.0: ${reason}.`,
      "Use a model.safetensors of wav2vec2-base, wav2vec2-large or wav2vec2-xls-r, and options that fit it.",
    );
  }
}

function fill(model: tf.LayersModel, weights: PublishedWeights): void {
  tf.tidy(() => {
    const waiting = model.layers
      .map((layer) => ({ layer, tensors: tensorsOf(layer, weights) }))
      .filter(({ tensors }) => tensors.length > 0);
    weights.throwIfAnyIsLeft(); // before the first weight is changed
    for (const { layer, tensors } of waiting) layer.setWeights(tensors);
  });
}

/** The published weights of a layer in the layer's own order and shapes; none for a layer that is not published. */
function tensorsOf(layer: tf.layers.Layer, weights: PublishedWeights): tf.Tensor[] {
  const shapes = layer.weights.map((weight) => weight.shape as number[]);
  const vector = (name: string, width: number): tf.Tensor => weights.take(name, [width]);
  const norm = (name: string, width: number): tf.Tensor[] => [
    vector(`${name}.weight`, width),
    vector(`${name}.bias`, width),
  ];
  const dense = (name: string, inputs: number, units: number): [tf.Tensor, tf.Tensor] => [
    tf.transpose(weights.take(`${name}.weight`, [units, inputs])),
    vector(`${name}.bias`, units),
  ];
  const [kind, number] = layer.name.split("_") as [string, string?];
  switch (kind) {
    case "convolution": {
      const name = `feature_extractor.conv_layers.${Number(number) - 1}`;
      const kernel = shapes[0]!;
      const [size, inputs, filters] = kernel.length === 3 ? kernel : [kernel[0]!, 1, kernel[1]!];
      const published = weights.take(`${name}.conv.weight`, [filters!, inputs!, size!]);
      const ours = tf.reshape(tf.transpose(published, [2, 1, 0]), kernel);
      const bias = shapes.length === 4 ? [vector(`${name}.conv.bias`, filters!)] : [];
      return [ours, ...bias, ...(shapes.length > 1 ? norm(`${name}.layer_norm`, filters!) : [])];
    }
    case "feature":
      return norm("feature_projection.layer_norm", shapes[0]![0]!);
    case "projection":
      return dense("feature_projection.projection", shapes[0]![0]!, shapes[0]![1]!);
    case "positions": {
      const [size, inputs, channels] = shapes[1] as [number, number, number];
      const name = "encoder.pos_conv_embed.conv";
      return [
        tf.reshape(weights.take(`${name}.weight_g`, [1, 1, size]), [size, 1, 1]),
        tf.transpose(weights.take(`${name}.weight_v`, [channels, inputs, size]), [2, 1, 0]),
        vector(`${name}.bias`, channels),
      ];
    }
    case "norm":
      return norm("encoder.layer_norm", shapes[0]![0]!);
    case "block": {
      const name = `encoder.layers.${Number(number) - 1}`;
      const width = shapes[0]![0]!;
      const hiddenUnits = shapes.at(-2)![0]!;
      const parts = ["q_proj", "k_proj", "v_proj"].map((part) =>
        dense(`${name}.attention.${part}`, width, width),
      );
      return [
        ...norm(`${name}.layer_norm`, width),
        tf.concat(
          parts.map(([kernel]) => kernel),
          1,
        ),
        tf.concat(
          parts.map(([, bias]) => bias),
          0,
        ),
        ...dense(`${name}.attention.out_proj`, width, width),
        ...norm(`${name}.final_layer_norm`, width),
        ...dense(`${name}.feed_forward.intermediate_dense`, width, hiddenUnits),
        ...dense(`${name}.feed_forward.output_dense`, hiddenUnits, width),
      ];
    }
    default:
      return [];
  }
}
