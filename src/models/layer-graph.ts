import type * as tf from "@tensorflow/tfjs";

interface Node {
  readonly inputTensors: readonly tf.SymbolicTensor[];
}

/** What the layer that makes a tensor reads for it. */
export function inputsOf(tensor: tf.SymbolicTensor): readonly tf.SymbolicTensor[] {
  const nodes = tensor.sourceLayer.inboundNodes as unknown as readonly Node[];
  return nodes[tensor.nodeIndex]!.inputTensors;
}

/** What a layer reads, wherever it stands in a model. */
export function inputsOfLayer(layer: tf.layers.Layer): readonly tf.SymbolicTensor[] {
  if (layer.getClassName() === "InputLayer") return [];
  return (layer.inboundNodes as unknown as readonly Node[]).flatMap((node) => node.inputTensors);
}
