import * as tf from "@tensorflow/tfjs";
import { toFloat, toHalf } from "../kernels/half-precision.js";

/**
 * What a layer computes in when its model trains in half precision; a layer class says it as
 * `static readonly halfPrecision`:
 * "all": inputs and weights come as bf16 (the default);
 * "inputs": inputs come as bf16, weights as float32 (batch normalisation, whose kernel wants its scale so);
 * "none": inputs and weights come as float32 (pooling, recurrent layers without a bf16 kernel);
 * "own": everything comes as it is, and `call` is told `half: true` in its keywords: the layer casts where it wants
 * (a transformer's block, whose sums and norms stay float32 between products in bf16).
 */
export type HalfPrecision = "all" | "inputs" | "none" | "own";

/** tfjs' own layers whose kernels know no bf16, or that sum over many numbers one after the other. */
const stockInFloat = new Set([
  "BatchNormalization",
  "LayerNormalization",
  "RNN",
  "SimpleRNN",
  "GRU",
  "LSTM",
  "Bidirectional",
  "ConvLSTM2D",
  "Embedding",
]);

/** tfjs' own layers that only rearrange or average: right before the pooling they are a part of it. */
const partsOfPooling = new Set(["AveragePooling1D", "AveragePooling2D", "Reshape", "Flatten", "Permute"]);

/**
 * Makes a model's training steps (`apply(x, { training: true })`) compute in bf16 between the input and the pooling:
 * activations and their gradients are bf16, weights are cast at each use and stay float32 themselves, with float32
 * gradients (mixed precision, Micikevicius et al. 2018; bf16 has float32's range, so no loss scaling). Pooling, head and
 * loss compute in float32, and so does everything outside training: what is judged, saved or explained. The model's
 * topology and weights are untouched.
 *
 * In bf16 computes every layer whose output has at least three axes, unless its class says otherwise (`HalfPrecision`)
 * or only pooling comes behind it.
 */
export function computeInHalfPrecision(model: tf.LayersModel): void {
  const choices = new Map(model.layers.map((layer) => [layer, choiceOf(layer)]));
  // Backwards, so that averaging and reshaping are known to end in the pooling: [.., 16, 8, 64] -> [.., 16, 64] -> pooled.
  for (const layer of [...model.layers].reverse()) {
    const consumers = consumersOf(layer);
    const isPartOfPooling =
      partsOfPooling.has(layer.getClassName()) &&
      consumers.length > 0 &&
      consumers.every((consumer) => choices.get(consumer) === "none");
    if (isPartOfPooling) choices.set(layer, "none");
  }
  for (const [layer, choice] of choices) {
    if (layer instanceof tf.LayersModel) computeInHalfPrecision(layer);
    else if (layer.getClassName() !== "InputLayer") trainIn(choice, layer);
  }
}

function choiceOf(layer: tf.layers.Layer): HalfPrecision {
  const { halfPrecision } = layer.constructor as { readonly halfPrecision?: HalfPrecision };
  if (halfPrecision !== undefined) return halfPrecision;
  const output = layer.outputShape as tf.Shape;
  const isVector = output.length <= 2; // [batch, features]: pooled, or of the head; [batch, frames]: a mask
  return isVector || stockInFloat.has(layer.getClassName()) ? "none" : "all";
}

function consumersOf(layer: tf.layers.Layer): tf.layers.Layer[] {
  const nodes = layer.outboundNodes as unknown as readonly { readonly outboundLayer: tf.layers.Layer }[];
  return nodes.map((node) => node.outboundLayer);
}

/** Wraps the layer's `call`: in training its inputs, and its weights while it runs, come in the chosen precision. */
function trainIn(choice: HalfPrecision, layer: tf.layers.Layer): void {
  const call = layer.call.bind(layer);
  const cast = choice === "none" ? toFloat : toHalf;
  layer.call = (inputs, kwargs) => {
    if (kwargs?.training !== true) return call(inputs, kwargs);
    if (choice === "own") return call(inputs, { ...kwargs, half: true });
    const converted = Array.isArray(inputs) ? inputs.map(convert) : convert(inputs);
    return choice === "all" ? withHalfWeights(layer, () => call(converted, kwargs)) : call(converted, kwargs);
  };

  function convert(input: tf.Tensor): tf.Tensor {
    return input.dtype === "float32" ? cast(input) : input; // bf16 tensors are of this dtype too
  }
}

/** Runs `work` while the layer's weights read as bf16. */
function withHalfWeights<T>(layer: tf.layers.Layer, work: () => T): T {
  const { weights } = layer;
  for (const weight of weights) {
    const { read } = weight;
    weight.read = () => toHalf(read.call(weight));
  }
  try {
    return work();
  } finally {
    for (const weight of weights) Reflect.deleteProperty(weight, "read"); // the class's own is in force again
  }
}
