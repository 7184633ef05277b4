import type * as tf from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";
import { foldNorm } from "../models/fold-norm.js";
import { inputsOf, inputsOfLayer } from "../models/layer-graph.js";
import {
  AttentivePooling,
  FrameMask,
  FusedBatchNorm,
  Gelu,
  LayerMix,
  LayerNorm,
  MaskedAttentivePooling,
  Rectifier,
  TransformerBlock,
} from "../models/layers.js";
import { isPlainConvolution, settingsOf } from "../models/plain-convolution.js";
import { carryBlock, penaltyOf } from "./carry-block.js";
import { carryNorm } from "./carry-norm.js";
import type { GraphBuilder, Value } from "./graph.js";
import { weightsOf } from "./layer-weights.js";

/** A layer as operations. Every value has a first axis of length 1: one recording at a time. */
type Carry = (graph: GraphBuilder, inputs: readonly Value[], layer: tf.layers.Layer) => Value;

/** Added to a variance before its root, as MaskedAttentivePooling does. */
const smallestVariance = 1e-5;

const carries = new Map<string, Carry>([
  [Rectifier.className, (graph, [x]) => graph.relu(x!)],
  [Gelu.className, (graph, [x]) => graph.gelu(x!)],
  ["Add", (graph, inputs) => inputs.slice(1).reduce((sum, input) => graph.add(sum, input), inputs[0]!)],
  ["Reshape", (graph, [x], layer) => graph.reshape(x!, [1, ...(layer.outputShape as number[]).slice(1)])],
  ["Dense", carryDense],
  ["AveragePooling2D", carryAveragePooling],
  [AttentivePooling.className, carryAttentivePooling],
  [FrameMask.className, carryFrameMask],
  [LayerMix.className, carryLayerMix],
  [
    LayerNorm.className,
    (graph, [x], layer) => {
      const { gamma, beta } = weightsOf(layer);
      return carryNorm(graph, x!, gamma!, beta!, layer.getConfig().epsilon as number);
    },
  ],
  [MaskedAttentivePooling.className, carryMaskedPooling],
  [TransformerBlock.className, (graph, [x, mask], layer) => carryBlock(graph, x!, mask ?? null, layer)],
]);

/**
 * A model of one input and one output as operations on `input`, whose first axis is 1. Batch normalisation behind a
 * convolution is folded into it. Throws LabError that names the first layer which cannot be carried over.
 */
export function carryModel(graph: GraphBuilder, model: tf.LayersModel, input: Value): Value {
  const values = new Map<number, Value>([[model.inputs[0]!.id, input]]);
  const uses = new Map<number, number>();
  for (const tensor of [...model.layers.flatMap(inputsOfLayer), ...model.outputs]) {
    uses.set(tensor.id, (uses.get(tensor.id) ?? 0) + 1);
  }
  const valueAt = (tensor: tf.SymbolicTensor): Value => {
    const known = values.get(tensor.id);
    if (known !== undefined) return known;
    const value = compute(tensor);
    values.set(tensor.id, value);
    return value;
  };
  const compute = (tensor: tf.SymbolicTensor): Value => {
    const layer = tensor.sourceLayer;
    const inputs = inputsOf(tensor);
    if (isPlainConvolution(layer)) return carryConvolution(graph, valueAt(inputs[0]!), layer, null);
    if (layer instanceof FusedBatchNorm) {
      const [before] = inputs as [tf.SymbolicTensor];
      const isFolded = isPlainConvolution(before.sourceLayer) && uses.get(before.id) === 1;
      const normalised = isFolded
        ? carryConvolution(graph, valueAt(inputsOf(before)[0]!), before.sourceLayer, layer)
        : carryStatistics(graph, valueAt(before), layer);
      return layer.getConfig().rectifies === true ? graph.relu(normalised) : normalised;
    }
    const carry = carries.get(layer.getClassName());
    if (carry === undefined) throw cannotBeCarried(layer);
    return carry(graph, inputs.map(valueAt), layer);
  };
  return valueAt(model.outputs[0]!);
}

function cannotBeCarried(layer: tf.layers.Layer): LabError {
  const known = ["Conv2D", FusedBatchNorm.className, ...carries.keys()].sort().join(", ");
  return new LabError(
    `The layer "${layer.name}" (${layer.getClassName()}) cannot be carried over to another runtime.`,
    `Export a model of these layers: ${known}; resnet, page and whisper are.`,
  );
}

/** [1, height, width, in] to [1, height / stride, width / stride, out], with the norm behind it if there is one. */
function carryConvolution(
  graph: GraphBuilder,
  x: Value,
  layer: tf.layers.Layer,
  norm: FusedBatchNorm | null,
): Value {
  const { strides, padding, kernelSize } = settingsOf(layer);
  const { kernel, bias } = foldNorm(layer, norm);
  const weight = graph.weight(kernel.dataSync<"float32">(), kernel.shape);
  const offset = graph.constant(bias.dataSync<"float32">(), bias.shape);
  kernel.dispose();
  bias.dispose();
  const around = (axis: 0 | 1): [number, number] =>
    padding === "same" ? samePads(x.shape[1 + axis]!, kernelSize[axis], strides[axis]) : [0, 0];
  return graph.convolve(x, weight, offset, { strides, pads: [...around(0), ...around(1)] });
}

/** TensorFlow's rule: as many zeros as ⌈length / stride⌉ windows need, the odd one behind. */
function samePads(length: number, size: number, stride: number): [number, number] {
  const needed = Math.max(0, (Math.ceil(length / stride) - 1) * stride + size - length);
  return [Math.floor(needed / 2), Math.ceil(needed / 2)];
}

/** Batch normalisation by the statistics that training has left, where no convolution takes it up. */
function carryStatistics(graph: GraphBuilder, x: Value, layer: FusedBatchNorm): Value {
  const { gamma, beta, moving_mean: mean, moving_variance: variance } = weightsOf(layer);
  const epsilon = layer.getConfig().epsilon as number;
  const scale = gamma!.values.map((value, i) => value / Math.sqrt(variance!.values[i]! + epsilon));
  const offset = beta!.values.map((value, i) => value - mean!.values[i]! * scale[i]!);
  const scaled = graph.multiply(x, graph.constant(scale, [scale.length]));
  return graph.add(scaled, graph.constant(offset, [offset.length]));
}

function carryDense(graph: GraphBuilder, [x]: readonly Value[], layer: tf.layers.Layer): Value {
  if (layer.getConfig().activation !== "linear") throw cannotBeCarried(layer);
  const { kernel, bias } = weightsOf(layer);
  const product = graph.multiplyMatrices(x!, graph.weight(kernel!.values, kernel!.shape));
  return bias === undefined ? product : graph.add(product, graph.constant(bias.values, bias.shape));
}

/** Windows that lie beside each other, or windows of one that pick every so many. */
function carryAveragePooling(graph: GraphBuilder, [x]: readonly Value[], layer: tf.layers.Layer): Value {
  const { poolSize, strides, padding } = layer.getConfig() as {
    poolSize: [number, number];
    strides: [number, number];
    padding: string;
  };
  const [, height, width, channels] = x!.shape as [number, number, number, number];
  if (poolSize.every((size) => size === 1)) {
    const every = (value: Value, axis: 1 | 2): Value => {
      const count = Math.ceil(value.shape[axis]! / strides[axis - 1]!);
      const indices = Array.from({ length: count }, (_, i) => i * strides[axis - 1]!);
      return graph.gather(value, graph.constant(indices, [count]), axis);
    };
    return every(every(x!, 1), 2);
  }
  const [rows, columns] = poolSize;
  const isWhole = height % rows === 0 && width % columns === 0;
  if (padding !== "valid" || !isWhole || rows !== strides[0] || columns !== strides[1]) {
    throw cannotBeCarried(layer);
  }
  const [down, across] = [height / rows, width / columns];
  const windows = graph.reshape(x!, [down, rows, across, columns * channels]);
  const perRow = graph.reshape(graph.mean(windows, [1]), [down * across, columns, channels]);
  return graph.reshape(graph.mean(perRow, [1]), [1, down, across, channels]);
}

/** Mean over frames, and their mean under a softmax of scores: [1, frames, channels] to [1, 2 × channels]. */
function carryAttentivePooling(graph: GraphBuilder, [x]: readonly Value[], layer: tf.layers.Layer): Value {
  const [, frames, channels] = x!.shape as [number, number, number];
  const scores = graph.reshape(scoreFrames(graph, x!, layer), [1, 1, frames]);
  const attended = graph.multiplyMatrices(graph.softmax(scores), x!); // [1, 1, channels]
  const both = graph.concatenate([graph.mean(x!, [1]), attended], 2);
  return graph.reshape(both, [1, 2 * channels]);
}

/** One learnt score a frame, [1, frames, 1]. */
function scoreFrames(graph: GraphBuilder, x: Value, layer: tf.layers.Layer): Value {
  const { score } = weightsOf(layer);
  return graph.multiplyMatrices(x, graph.constant(score!.values, score!.shape));
}

/** 1 where any of the bands is not 0, or any of the frames that one frame of the mask stands for: [1, frames]. */
function carryFrameMask(graph: GraphBuilder, [x]: readonly Value[], layer: tf.layers.Layer): Value {
  const { stride = 1, frames: most } = layer.getConfig() as { stride?: number; frames?: number };
  const [, frames] = x!.shape as [number, number];
  const perFrame = graph.reshape(x!, [frames, x!.shape.slice(2).reduce((a, b) => a * b, 1)]);
  const isHeard = graph.isGreater(graph.largest(graph.absolute(perFrame), [1]), 0); // [frames, 1]
  const shorter = Math.ceil(frames / stride);
  const rest = shorter * stride - frames;
  const silence = graph.constant(new Float32Array(Math.max(1, rest)), [Math.max(1, rest), 1]);
  const whole = rest === 0 ? isHeard : graph.concatenate([isHeard, silence], 0);
  const valid = graph.reshape(graph.largest(graph.reshape(whole, [shorter, stride]), [1]), [1, shorter]);
  if (most === undefined || most === shorter) return valid;
  const indices = Array.from({ length: most }, (_, i) => i);
  return graph.gather(valid, graph.constant(indices, [most]), 1);
}

function carryLayerMix(graph: GraphBuilder, inputs: readonly Value[], layer: tf.layers.Layer): Value {
  const { shares } = weightsOf(layer);
  const powers = shares!.values.map((value) => Math.exp(value - Math.max(...shares!.values)));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const parts = inputs.map((input, i) => graph.multiply(input, powers[i]! / total));
  return parts.slice(1).reduce((sum, part) => graph.add(sum, part), parts[0]!);
}

/** [1, frames, channels] and a mask [1, frames] to mean, deviation where asked for, and attention over valid frames. */
function carryMaskedPooling(graph: GraphBuilder, [x, mask]: readonly Value[], layer: tf.layers.Layer): Value {
  const [, frames] = x!.shape as [number, number, number];
  const row = graph.reshape(mask!, [1, 1, frames]);
  const scores = graph.reshape(scoreFrames(graph, x!, layer), [1, 1, frames]);
  const attention = graph.multiply(graph.softmax(graph.add(scores, penaltyOf(graph, row))), row);
  const share = graph.divide(row, graph.maximum(graph.sum(row, [2]), 1));
  const mean = graph.multiplyMatrices(share, x!); // [1, 1, channels]
  const attended = graph.multiplyMatrices(attention, x!);
  const parts = [mean, attended];
  if (layer.getConfig().deviation === true) {
    const distance = graph.subtract(x!, mean);
    const variance = graph.multiplyMatrices(share, graph.multiply(distance, distance));
    parts.splice(1, 0, graph.squareRoot(graph.add(variance, smallestVariance)));
  }
  const joined = graph.concatenate(parts, 2);
  return graph.reshape(joined, [1, joined.shape[2]!]);
}
