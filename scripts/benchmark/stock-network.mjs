// The same network as stock tfjs has it: our builder's, with tfjs' own layers in place of ours.

/** @typedef {{ class_name: string, config: Record<string, any> }} LayerJson */

/** Layers of ours that tfjs has too, by class. @type {Record<string, (config: Record<string, any>) => LayerJson>} */
const stockForms = {
  FusedBatchNorm: ({ name, momentum, epsilon }) => ({
    class_name: "BatchNormalization",
    config: { name, momentum, epsilon, axis: -1 },
  }),
  Rectifier: ({ name }) => ({ class_name: "ReLU", config: { name } }),
};

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
  modelTopology.config.layers = layers.map((layer) => {
    const stock = stockForms[layer.class_name]?.(layer.config);
    return stock === undefined ? layer : { ...layer, ...stock };
  });
  return await tf.loadLayersModel({ load: async () => ({ modelTopology }) });
}
