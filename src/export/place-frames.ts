import { column } from "./describe-sound.js";
import type { GraphBuilder, Value } from "./graph.js";

/**
 * What `placeFeatures` (src/features/place-features.ts) does without a random source: the first `count` [1, 1] frames of
 * [all, bands] in the middle of [frames, bands], zeros around them; of more frames the middle ones.
 */
export function placeFrames(graph: GraphBuilder, values: Value, count: Value, frames: number): Value {
  const all = values.shape[0]!;
  const room = graph.subtract(frames, count); // below 0 where there are more
  const at = graph.floor(graph.multiply(graph.absolute(room), 0.5));
  const sign = graph.subtract(graph.multiply(graph.isGreater(room, -0.5), 2), 1);
  const source = graph.subtract(column(graph, frames), graph.multiply(at, sign)); // [frames, 1]
  const isInside = graph.multiply(
    graph.isGreater(source, -0.5),
    graph.isGreater(graph.subtract(count, 0.5), source),
  );
  const index = graph.reshape(graph.minimum(graph.maximum(source, 0), all - 1), [frames]);
  return graph.multiply(graph.gather(values, index, 0), isInside);
}
