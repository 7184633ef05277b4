import type * as tf from "@tensorflow/tfjs";
import { AttentivePooling, Rectifier } from "./layers.js";

/** The end of a network, from feature maps to logits, computed without TensorFlow. */
export interface PlainHead {
  /** The feature maps that it reads, [batch, height, width, depth]. */
  readonly input: tf.SymbolicTensor;
  /** Logits, [batch, classes], of feature maps as numbers. */
  compute(maps: Float32Array, batch: number): Float32Array;
}

/**
 * The head of `ConvolutionBlocks.classify`, where the model ends in one: mean over bands, both poolings over frames, two
 * dense layers. TensorFlow takes some twenty kernel calls for it, each of which costs more than all of its arithmetic
 * for a single clip; here it is a few loops. Null for a model that ends in something else. The weights are those of this
 * moment.
 */
export function plainHeadOf(model: tf.LayersModel): PlainHead | null {
  const layers: tf.layers.Layer[] = [];
  let tensor = model.outputs[0]!;
  for (const isExpected of [isDense, isRectifier, isDense, isPooling, isReshape, isMean]) {
    const layer = tensor.sourceLayer;
    if (!isExpected(layer)) return null;
    layers.push(layer);
    tensor = layer.input as tf.SymbolicTensor;
  }
  const [logits, , hidden, pooling, , mean] = layers as [
    tf.layers.Layer,
    tf.layers.Layer,
    tf.layers.Layer,
    tf.layers.Layer,
    tf.layers.Layer,
    tf.layers.Layer,
  ];
  const [, height, width, depth] = tensor.shape as [null, number, number, number];
  if ((mean.getConfig().poolSize as number[]).join() !== [1, width].join()) return null;
  const score = numbersOf(pooling)[0]!;
  const first = denseOf(hidden);
  const last = denseOf(logits);
  return {
    input: tensor,
    compute(maps, batch) {
      const out = new Float32Array(batch * last.units);
      for (let item = 0; item < batch; item++) {
        const own = maps.subarray(item * height * width * depth, (item + 1) * height * width * depth);
        const pooled = poolFrames(meanOverBands(own, height, width, depth), score);
        const active = first.compute(pooled).map((value) => Math.max(0, value));
        out.set(last.compute(active), item * last.units);
      }
      return out;
    },
  };
}

const isDense = (layer: tf.layers.Layer): boolean =>
  layer.getClassName() === "Dense" &&
  layer.getConfig().activation === "linear" &&
  layer.getConfig().useBias === true;
const isRectifier = (layer: tf.layers.Layer): boolean => layer instanceof Rectifier;
const isPooling = (layer: tf.layers.Layer): boolean => layer instanceof AttentivePooling;
const isReshape = (layer: tf.layers.Layer): boolean => layer.getClassName() === "Reshape";
const isMean = (layer: tf.layers.Layer): boolean => layer.getClassName() === "AveragePooling2D";

const numbersOf = (layer: tf.layers.Layer): Float32Array[] =>
  layer.weights.map((weight) => weight.read().dataSync() as Float32Array);

/** [height × width × depth] to the mean over the width, [height][depth]. */
function meanOverBands(maps: Float32Array, height: number, width: number, depth: number): Float64Array[] {
  return Array.from({ length: height }, (_, row) => {
    const mean = new Float64Array(depth);
    const end = (row + 1) * width * depth;
    for (let i = row * width * depth, channel = 0; i < end; i++) {
      mean[channel]! += maps[i]! / width;
      if (++channel === depth) channel = 0;
    }
    return mean;
  });
}

/** The frames' mean, and behind it their mean weighted by a softmax of their scores: [2 × depth]. */
function poolFrames(frames: readonly Float64Array[], score: Float32Array): Float64Array {
  const depth = score.length;
  const scores = frames.map((frame) => frame.reduce((sum, value, i) => sum + value * score[i]!, 0));
  const highest = Math.max(...scores);
  const weights = scores.map((value) => Math.exp(value - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const pooled = new Float64Array(2 * depth);
  frames.forEach((frame, f) => {
    const weight = weights[f]! / total;
    for (let i = 0; i < depth; i++) {
      pooled[i]! += frame[i]! / frames.length;
      pooled[depth + i]! += weight * frame[i]!;
    }
  });
  return pooled;
}

function denseOf(layer: tf.layers.Layer): { units: number; compute(x: Float64Array): Float64Array } {
  const [kernel, bias] = numbersOf(layer) as [Float32Array, Float32Array];
  const units = bias.length;
  return {
    units,
    compute(x) {
      const y = Float64Array.from(bias);
      for (let i = 0, at = 0; i < x.length; i++) {
        const value = x[i]!;
        for (let unit = 0; unit < units; unit++, at++) y[unit]! += value * kernel[at]!;
      }
      return y;
    },
  };
}
