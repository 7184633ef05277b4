// The same network as stock tfjs has it: our builder's, with tfjs' own layers in place of ours.

/** @typedef {{ class_name: string, config: Record<string, any>, inputs?: number }} LayerJson inputs: the first so many are kept */

/** Layers of ours that tfjs has too, by class. @type {Record<string, (config: Record<string, any>) => LayerJson>} */
const stockForms = {
  FusedBatchNorm: ({ name, momentum, epsilon }) => ({
    class_name: "BatchNormalization",
    config: { name, momentum, epsilon, axis: -1 },
  }),
  MaxPooling: ({ name, size }) => ({
    class_name: "MaxPooling2D",
    config: { name, pool_size: [size, size], strides: [2, 2], padding: "same" },
  }),
  Rectifier: ({ name }) => ({ class_name: "ReLU", config: { name } }),
  // No clip of the benchmark is padded: the mask, its second input, says nothing.
  BidirectionalLstm: ({ name, units }) => ({
    class_name: "Bidirectional",
    config: { name, merge_mode: "concat", layer: { class_name: "LSTM", config: lstmConfig(units) } },
    inputs: 1,
  }),
};

/** @param {number} units */
function lstmConfig(units) {
  const uniform = { class_name: "GlorotUniform", config: {} }; // tfjs' orthogonal start takes seconds
  return {
    units,
    return_sequences: true,
    recurrent_activation: "sigmoid",
    kernel_initializer: uniform,
    recurrent_initializer: uniform,
  };
}

/**
 * Normalisation and its rectifier as two layers: tfjs has none for both. The second keeps the name that others refer to.
 * @param {any} layer
 * @returns {any[]}
 */
function rectifierApart(layer) {
  if (layer.class_name !== "FusedBatchNorm" || layer.config.rectifies !== true) return [layer];
  const name = `${layer.name}_norm`;
  return [
    { ...layer, name, config: { ...layer.config, name, rectifies: false } },
    {
      class_name: "Rectifier",
      name: layer.name,
      config: { name: layer.name },
      inbound_nodes: [[[name, 0, 0, {}]]],
    },
  ];
}

/**
 * A model with stock layers for ours where tfjs has them. What it has no layer for stays, in the plain tfjs operations
 * of the kernels' portable path.
 * @param {typeof import("@tensorflow/tfjs")} tf
 * @param {import("@tensorflow/tfjs").LayersModel} model
 * @returns {Promise<import("@tensorflow/tfjs").LayersModel>}
 */
export async function withStockLayers(tf, model) {
  const modelTopology = /** @type {any} */ (model.toJSON(null, false));
  const layers = /** @type {any[]} */ (modelTopology.config.layers);
  modelTopology.config.layers = layers.flatMap(rectifierApart).map((layer) => {
    const stock = stockForms[layer.class_name]?.(layer.config);
    if (stock === undefined) return layer;
    const { inputs, ...rest } = stock;
    const nodes = /** @type {unknown[][]} */ (layer.inbound_nodes).map((node) => node.slice(0, inputs));
    return { ...layer, ...rest, inbound_nodes: nodes };
  });
  return await tf.loadLayersModel({ load: async () => ({ modelTopology }) });
}
