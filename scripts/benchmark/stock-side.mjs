// Stock tfjs on the same TensorFlow: its own layers, its own gradients, its own Adam.
import { compiled } from "./compiled.mjs";
import { readExchange } from "./exchange.mjs";
import { buildOurs } from "./ours-network.mjs";
import { withStockLayers } from "./stock-network.mjs";
import { optimiserSettings } from "./training-settings.mjs";
import { serveTraining } from "./training-side.mjs";

/** @type {typeof import("../../src/core/tensorflow.js")} */
const { loadTensorFlow } = compiled("core/tensorflow");

/** @typedef {import("@tensorflow/tfjs").Tensor2D} Tensor2D */

// No kernel of ours is stock: every one takes its portable path here, plain tfjs.
compiled("kernels/raw").hasRawKernels = () => false;

await serveTraining(open);

/** @param {any} request @returns {Promise<import("./training-side.mjs").Trained>} */
async function open({ task, path }) {
  const tf = loadTensorFlow();
  const ours = buildOurs(task);
  const model = await withStockLayers(tf, ours);
  ours.dispose();
  const { weights, inputs, labels } = await readExchange(path);
  tf.tidy(() => model.setWeights(weights.map(({ values, shape }) => tf.tensor(values, [...shape]))));
  const x = tf.tensor(inputs.values, [...inputs.shape]);
  const y = tf.tensor(labels.values, [...labels.shape]);
  const { learningRate, beta1, beta2, epsilon } = optimiserSettings;
  const optimiser = tf.train.adam(learningRate, beta1, beta2, epsilon);
  return {
    parameters: model.countParams(),
    predict: () =>
      tf.tidy(() => [.../** @type {Tensor2D} */ (model.apply(x, { training: false })).dataSync()]),
    step: () =>
      tf.tidy(() => {
        const loss = optimiser.minimize(
          () =>
            tf.losses.softmaxCrossEntropy(y, /** @type {Tensor2D} */ (model.apply(x, { training: true }))),
          true,
        );
        return /** @type {number} */ (loss?.dataSync()[0]);
      }),
    dispose() {
      optimiser.dispose();
      model.dispose();
      tf.dispose([x, y]);
    },
  };
}
