// A training step of ours, without what brings the batch: the network, kernels and optimiser that a run is trained with.
import { compiled } from "./compiled.mjs";
import { optimiserSettings } from "./training-settings.mjs";

/** @type {typeof import("../../src/core/tensorflow.js")} */
const { loadTensorFlow } = compiled("core/tensorflow");
/** @type {typeof import("../../src/kernels/cross-entropy.js")} */
const { softCrossEntropy } = compiled("kernels/cross-entropy");
/** @type {typeof import("../../src/models/prepare-training.js")} */
const { prepareTraining } = compiled("models/prepare-training");
/** @type {typeof import("../../src/training/optimiser.js")} */
const { createOptimiser } = compiled("training/optimiser");
/** @type {typeof import("../../src/training/variables.js")} */
const { modelVariables } = compiled("training/variables");

/**
 * @typedef {import("@tensorflow/tfjs").Tensor2D} Tensor2D
 * @typedef {import("./exchange.mjs").NamedArray} NamedArray
 */

/**
 * Trains a model on one batch, step by step.
 * @param {import("@tensorflow/tfjs").LayersModel} model disposed of with the training
 * @param {{ inputs: NamedArray, labels: NamedArray }} batch
 * @param {import("./tasks.mjs").Precision} precision
 * @returns {import("./training-side.mjs").Trained}
 */
export function trainOurs(model, { inputs, labels }, precision) {
  const tf = loadTensorFlow();
  prepareTraining(model, precision);
  const x = tf.tensor(inputs.values, /** @type {any} */ (inputs.shape));
  const y = /** @type {Tensor2D} */ (tf.tensor(labels.values, /** @type {any} */ (labels.shape)));
  const { trained, fixed } = modelVariables(model);
  const { learningRate, weightDecay } = optimiserSettings;
  const optimiser = createOptimiser(trained, fixed, { weightDecay, clipNorm: null, averageDecay: 0 });
  const logits = (/** @type {boolean} */ training) => /** @type {Tensor2D} */ (model.apply(x, { training }));
  return {
    parameters: model.countParams(),
    predict: () => tf.tidy(() => [...logits(false).dataSync()]),
    step: () =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => softCrossEntropy(logits(true), y), trained);
        const loss = /** @type {number} */ (value.dataSync()[0]);
        const gradients = trained.map(({ name }) => /** @type {any} */ (grads[name]));
        optimiser.apply(gradients, learningRate);
        return loss;
      }),
    dispose() {
      optimiser.dispose();
      model.dispose();
      tf.dispose([x, y]);
    },
  };
}
