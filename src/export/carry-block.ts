import type * as tf from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";
import type { TransformerBlockArguments } from "../models/layers/transformer-block.js";
import { carryNorm } from "./carry-norm.js";
import type { GraphBuilder, Value } from "./graph.js";
import { type Weight, weightsOf } from "./layer-weights.js";

/** Added to the score of a frame that is padding: its softmax is 0 then. */
const maskedOut = 1e9;

/** 0 for valid frames and far below 0 for others, of a mask of 1 and 0. */
export function penaltyOf(graph: GraphBuilder, mask: Value): Value {
  return graph.multiply(graph.subtract(mask, 1), maskedOut);
}

/**
 * A transformer's block (src/models/layers/transformer-block.ts) on [1, frames, channels], with a mask [1, frames] of 1
 * and 0 or null.
 */
export function carryBlock(graph: GraphBuilder, x: Value, mask: Value | null, layer: tf.layers.Layer): Value {
  const { norm, activation, heads, epsilon } = layer.getConfig() as unknown as TransformerBlockArguments;
  const weights = weightsOf(layer);
  const weight = (name: string): Weight => {
    const found = weights[name];
    if (found !== undefined) return found;
    throw new LabError(`The layer "${layer.name}" has no weights "${name}".`, "This is a defect; report it.");
  };
  const normalise = (value: Value, name: string): Value =>
    carryNorm(graph, value, weight(`${name}_gamma`), weight(`${name}_beta`), epsilon);
  const dense = (value: Value, name: string): Value =>
    product(graph, value, weight(`${name}_kernel`), weight(`${name}_bias`));
  const attend = (value: Value): Value =>
    dense(
      attention(graph, value, weight("attention_kernel"), weight("attention_bias"), heads, mask),
      "projection",
    );
  const feedForward = (value: Value): Value => {
    const hidden = dense(value, "hidden");
    return dense(activation === "gelu" ? graph.gelu(hidden) : graph.relu(hidden), "output");
  };
  if (norm === "pre") {
    const attended = graph.add(x, attend(normalise(x, "attention_norm")));
    return graph.add(attended, feedForward(normalise(attended, "hidden_norm")));
  }
  const attended = normalise(graph.add(x, attend(x)), "attention_norm");
  return normalise(graph.add(attended, feedForward(attended)), "hidden_norm");
}

/** Self-attention of several heads, the kernel [channels, 3 × channels] of queries, keys and values side by side. */
function attention(
  graph: GraphBuilder,
  x: Value,
  kernel: Weight,
  bias: Weight,
  heads: number,
  mask: Value | null,
): Value {
  const [, frames, channels] = x.shape as [number, number, number];
  const own = channels / heads;
  const part = (number: number, order: readonly number[], scale = 1): Value => {
    const columns = (values: Float32Array): number[] =>
      Array.from(values).flatMap((value, i) =>
        Math.floor((i % (3 * channels)) / channels) === number ? [scale * value] : [],
      );
    const partKernel = { values: Float32Array.from(columns(kernel.values)), shape: [channels, channels] };
    const partBias = { values: Float32Array.from(columns(bias.values)), shape: [channels] };
    const projected = product(graph, x, partKernel, partBias);
    return graph.transpose(graph.reshape(projected, [frames, heads, own]), order);
  };
  const queries = part(0, [1, 0, 2], 1 / Math.sqrt(own)); // [heads, frames, own]
  const keys = part(1, [1, 2, 0]); // [heads, own, frames]
  const values = part(2, [1, 0, 2]);
  const scores = graph.multiplyMatrices(queries, keys); // [heads, frames, frames]
  const heard =
    mask === null ? scores : graph.add(scores, penaltyOf(graph, graph.reshape(mask, [1, 1, frames])));
  const attended = graph.multiplyMatrices(graph.softmax(heard), values); // [heads, frames, own]
  return graph.reshape(graph.transpose(attended, [1, 0, 2]), [1, frames, channels]);
}

function product(graph: GraphBuilder, x: Value, kernel: Weight, bias: Weight): Value {
  const weight = graph.weight(kernel.values, kernel.shape);
  return graph.add(graph.multiplyMatrices(x, weight), graph.constant(bias.values, bias.shape));
}
