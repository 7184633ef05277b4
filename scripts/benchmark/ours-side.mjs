// Our side: the network, kernels and optimiser that a run is trained with.
import { compiled } from "./compiled.mjs";
import { readExchange, writeExchange } from "./exchange.mjs";
import { buildOurs, disturbWeights, drawBatch, weightsOf } from "./ours-network.mjs";
import { optimiserSettings } from "./training-settings.mjs";
import { serveTraining } from "./training-side.mjs";

/** @type {typeof import("../../src/core/tensorflow.js")} */
const { loadTensorFlow } = compiled("core/tensorflow");
/** @type {typeof import("../../src/kernels/cross-entropy.js")} */
const { softCrossEntropy } = compiled("kernels/cross-entropy");
/** @type {typeof import("../../src/training/optimiser.js")} */
const { createOptimiser } = compiled("training/optimiser");
/** @type {typeof import("../../src/training/variables.js")} */
const { modelVariables } = compiled("training/variables");

/** @typedef {import("@tensorflow/tfjs").Tensor2D} Tensor2D */

await serveTraining(open, { write });

/** Writes the weights and the batch that all sides of a task begin with. @param {any} request */
async function write({ task, path }) {
  const tf = loadTensorFlow();
  const model = buildOurs(task);
  disturbWeights(tf, model);
  const { inputs, labels } = drawBatch(model, task.batch, task.shape.classes);
  await writeExchange(path, { weights: weightsOf(model), inputs, labels });
  model.dispose();
}

/** @param {any} request @returns {Promise<import("./training-side.mjs").Trained>} */
async function open({ task, precision, path }) {
  const tf = loadTensorFlow();
  const model = buildOurs(task);
  const { weights, inputs, labels } = await readExchange(path);
  tf.tidy(() =>
    model.setWeights(weights.map(({ values, shape }) => tf.tensor(values, /** @type {any} */ (shape)))),
  );
  if (precision === "bf16") {
    const { computeInHalfPrecision } = compiled("models/half-precision");
    computeInHalfPrecision(model);
  }
  const x = tf.tensor(inputs.values, /** @type {any} */ (inputs.shape));
  const y = /** @type {Tensor2D} */ (tf.tensor(labels.values, /** @type {any} */ (labels.shape)));
  const { trained, fixed } = modelVariables(model);
  const { learningRate, weightDecay } = optimiserSettings;
  const optimiser = createOptimiser(trained, fixed, { weightDecay, clipNorm: null, averageDecay: 0 });
  return {
    parameters: model.countParams(),
    predict: () =>
      tf.tidy(() => [.../** @type {Tensor2D} */ (model.apply(x, { training: false })).dataSync()]),
    step: () =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(
          () => softCrossEntropy(/** @type {Tensor2D} */ (model.apply(x, { training: true })), y),
          trained,
        );
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
