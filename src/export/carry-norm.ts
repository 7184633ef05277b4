import type { GraphBuilder, Value } from "./graph.js";
import type { Weight } from "./layer-weights.js";

/** Layer normalisation over the last axis. */
export function carryNorm(
  graph: GraphBuilder,
  x: Value,
  gamma: Weight,
  beta: Weight,
  epsilon: number,
): Value {
  const axis = x.shape.length - 1;
  const centred = graph.subtract(x, graph.mean(x, [axis]));
  const variance = graph.mean(graph.multiply(centred, centred), [axis]);
  const normalised = graph.divide(centred, graph.squareRoot(graph.add(variance, epsilon)));
  const scaled = graph.multiply(normalised, graph.constant(gamma.values, gamma.shape));
  return graph.add(scaled, graph.constant(beta.values, beta.shape));
}
