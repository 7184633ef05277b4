import type * as tf from "@tensorflow/tfjs";
import { convolveData, convolvePoints } from "../kernels/convolution.js";
import { convolveInHalf, hasHalfConvolution } from "../kernels/half-convolution.js";
import { convolveByWinograd, hasWinograd } from "../kernels/winograd-convolution.js";
import { computeInHalfPrecision } from "./half-precision.js";
import { BatchStatistics } from "./layers/batch-statistics.js";
import { onlyInput } from "./layers/only-input.js";
import { FusedBatchNorm, Rectifier } from "./layers.js";
import { isPlainConvolution, settingsOf } from "./plain-convolution.js";

/**
 * Makes a model's training steps (`apply(x, { training: true })`) fast, and compute in `precision`. Topology, weights and
 * every call outside of training stay as they are.
 *
 * - A rectifier right behind batch normalisation is computed with it, in one pass: the same numbers.
 * - So are the addition and the rectifier at the end of a residual block: the same numbers in float32, and in bf16 those
 *   of a sum that is not rounded before the rectifier.
 * - All moving averages of batch statistics follow at the end of the step: the same numbers.
 * - Convolutions of the network's input give it no gradient: the same numbers for the weights.
 * - 1 × 1 convolutions without a stride are products of matrices: equal up to rounding.
 * - In float32, on a processor with AVX-512, 3 × 3 convolutions without a stride are made of fewer products (Winograd):
 *   equal up to rounding.
 * - In bf16, on a processor with matrix tiles, convolutions are this project's own: equal up to rounding,
 *   their kernels' gradients not rounded to bf16.
 */
export function prepareTraining(model: tf.LayersModel, precision: "float32" | "bf16" = "float32"): void {
  for (const layer of model.layers) {
    if (layer instanceof FusedBatchNorm) fuseRectifier(layer);
    else if (layer.getClassName() === "Add") fuseResidual(layer);
    else if (isPlainConvolution(layer)) shortenConvolution(layer);
  }
  if (model.layers.some((layer) => layer instanceof FusedBatchNorm)) followStatisticsTogether(model);
  if (precision === "bf16") computeInHalfPrecision(model); // last: it wraps what is there
}

type Call = tf.layers.Layer["call"];

/** Makes the layer compute its training steps by `training`, which is given the layer's own `call` too. */
function replaceInTraining(
  layer: tf.layers.Layer,
  training: (call: Call, ...given: Parameters<Call>) => ReturnType<Call>,
): void {
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) =>
    kwargs?.training === true ? training(call, inputs, kwargs) : call(inputs, kwargs);
}

const passOn: Parameters<typeof replaceInTraining>[1] = (_, inputs) => onlyInput(inputs);

function fuseRectifier(norm: FusedBatchNorm): void {
  const rectifier = onlyConsumerOf(norm);
  if (!(rectifier instanceof Rectifier) || rectifier.inboundNodes.length !== 1) return;
  replaceInTraining(norm, (call, inputs, kwargs) => call(inputs, { ...kwargs, rectifies: true }));
  replaceInTraining(rectifier, passOn);
}

/** max(norm(x) + shortcut, 0) at once, where the addition stands: only there are both known. */
function fuseResidual(add: tf.layers.Layer): void {
  const rectifier = onlyConsumerOf(add);
  const terms = producersOf(add);
  const isEndOfBlock =
    terms.length === 2 &&
    add.inboundNodes.length === 1 &&
    rectifier instanceof Rectifier &&
    rectifier.inboundNodes.length === 1;
  if (!isEndOfBlock) return;
  const index = terms.findIndex((term) => term instanceof FusedBatchNorm && onlyConsumerOf(term) === add);
  const norm = terms[index];
  if (norm === undefined || norm.getConfig().rectifies === true || norm.inboundNodes.length !== 1) return;
  const normalise = norm.call.bind(norm);
  replaceInTraining(norm, passOn);
  replaceInTraining(add, (_, inputs, kwargs) => {
    const both = inputs as tf.Tensor[];
    return normalise(both[index]!, { ...kwargs, shortcut: both[1 - index] });
  });
  replaceInTraining(rectifier, passOn);
}

function followStatisticsTogether(model: tf.LayersModel): void {
  replaceInTraining(model, (call, inputs, kwargs) => {
    const statistics = new BatchStatistics();
    try {
      const outputs = call(inputs, { ...kwargs, statistics });
      statistics.apply();
      return outputs;
    } finally {
      statistics.dispose();
    }
  });
}

function shortenConvolution(layer: tf.layers.Layer): void {
  const { kernelSize, strides, padding } = settingsOf(layer);
  const isPoint = [...kernelSize, ...strides].every((size) => size === 1);
  const isData = producersOf(layer).every((producer) => producer.getClassName() === "InputLayer");
  replaceInTraining(layer, (call, inputs, kwargs) => {
    const x = onlyInput<tf.Tensor4D>(inputs);
    const kernel = layer.weights[0]!.read() as tf.Tensor4D;
    if (hasHalfConvolution(x, kernel)) return convolveInHalf(x, kernel, strides, padding, { isData });
    if (isData) return convolveData(x, kernel, strides, padding);
    if (hasWinograd(x, kernel, strides)) return convolveByWinograd(x, kernel, padding);
    return isPoint ? convolvePoints(x, kernel) : call(inputs, kwargs);
  });
}

interface Node {
  readonly outboundLayer: tf.layers.Layer;
  readonly inboundLayers: readonly tf.layers.Layer[];
}

function consumersOf(layer: tf.layers.Layer): tf.layers.Layer[] {
  return (layer.outboundNodes as unknown as readonly Node[]).map((node) => node.outboundLayer);
}

function onlyConsumerOf(layer: tf.layers.Layer): tf.layers.Layer | undefined {
  const [consumer, ...others] = consumersOf(layer);
  return others.length === 0 ? consumer : undefined;
}

function producersOf(layer: tf.layers.Layer): tf.layers.Layer[] {
  return (layer.inboundNodes as unknown as readonly Node[]).flatMap((node) => node.inboundLayers);
}
