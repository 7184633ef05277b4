// Our side: training steps, and the answer to a clip.
import { compiled } from "./compiled.mjs";
import { readExchange, writeExchange } from "./exchange.mjs";
import { buildOurs, disturbWeights, drawBatch, weightsOf } from "./ours-network.mjs";
import { measureClips, prepareClip } from "./ours-prediction.mjs";
import { trainOurs } from "./ours-training.mjs";
import { serveTraining } from "./training-side.mjs";

/** @type {typeof import("../../src/core/tensorflow.js")} */
const { loadTensorFlow } = compiled("core/tensorflow");

await serveTraining(open, { write, prepareClip, measureClips });

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
  const { weights, ...batch } = await readExchange(path);
  tf.tidy(() =>
    model.setWeights(weights.map(({ values, shape }) => tf.tensor(values, /** @type {any} */ (shape)))),
  );
  return trainOurs(model, batch, precision);
}
