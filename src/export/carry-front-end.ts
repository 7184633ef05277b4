import type * as tf from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";
import { TransformerBlock, WhisperStem } from "../models/layers.js";
import { carryBlock } from "./carry-block.js";
import type { Described } from "./describe-sound.js";
import { column } from "./describe-sound.js";
import type { GraphBuilder, Value } from "./graph.js";
import { weightsOf } from "./layer-weights.js";

/**
 * A front end (src/models/pretrained.ts) on the valid frames alone, as it computes a sound at its own length: what lies
 * behind them is silence to the convolutions, and no frame attends to it. Gives as many frames for all of the sound, and
 * how many of them are valid. Throws LabError that names a layer which cannot be carried over.
 */
export function carryFrontEnd(
  graph: GraphBuilder,
  { values, count, isFrame }: Described,
  frontEnd: tf.LayersModel,
): { readonly values: Value; readonly count: Value } {
  const [frames, bands] = values.shape as [number, number];
  let x = graph.reshape(graph.multiply(values, isFrame), [1, frames, bands]);
  let valid = count;
  let mask: Value | null = null;
  for (const layer of frontEnd.layers) {
    if (layer.getClassName() === "InputLayer") continue;
    if (layer instanceof WhisperStem) {
      x = carryStem(graph, x, isFrame, layer);
      valid = graph.floor(graph.multiply(graph.add(count, 1), 0.5));
      const after = x.shape[1]!;
      const isValid = graph.isGreater(graph.subtract(valid, 0.5), column(graph, after)); // [after, 1]
      mask = graph.reshape(isValid, [1, after]);
    } else if (layer instanceof TransformerBlock) {
      x = carryBlock(graph, x, mask, layer);
    } else {
      throw new LabError(
        `The layer "${layer.name}" (${layer.getClassName()}) of the front end cannot be carried over to another runtime.`,
        "Export a model without a front end, or one behind Whisper's.",
      );
    }
  }
  return { values: graph.reshape(x, x.shape.slice(1)), count: valid };
}

/** Two convolutions over time with GELU, the second of stride 2, and the positions. */
function carryStem(graph: GraphBuilder, x: Value, isFrame: Value, layer: WhisperStem): Value {
  const weights = weightsOf(layer);
  const convolve = (value: Value, name: string, stride: number): Value => {
    const [, frames, inputs] = value.shape as [number, number, number];
    const { values, shape } = weights[`${name}_kernel`]!; // [3, in, out]
    const bias = weights[`${name}_bias`]!;
    const y = graph.convolve(
      graph.reshape(value, [1, frames, 1, inputs]),
      graph.weight(values, [shape[0]!, 1, shape[1]!, shape[2]!]),
      graph.constant(bias.values, bias.shape),
      { strides: [stride, 1], pads: [1, 1, 0, 0] },
    );
    return graph.gelu(graph.reshape(y, [1, y.shape[1]!, y.shape[3]!]));
  };
  const first = graph.multiply(convolve(x, "first", 1), graph.reshape(isFrame, [1, ...isFrame.shape]));
  const second = convolve(first, "second", 2); // [1, frames / 2, channels]
  const [, after, channels] = second.shape as [number, number, number];
  const { values } = weights.positions!;
  return graph.add(second, graph.constant(values.subarray(0, after * channels), [after, channels]));
}
