// Our network of a task, and what the twins must be given to be equal to it.
import { compiled } from "./compiled.mjs";

/** @type {typeof import("../../src/core/random.js")} */
const { createRandom } = compiled("core/random");
/** @type {typeof import("../../src/models/registry.js")} */
const { architectureNamed, completeOptions } = compiled("models/registry");

/**
 * @typedef {typeof import("@tensorflow/tfjs")} TensorFlow
 * @typedef {import("@tensorflow/tfjs").LayersModel} LayersModel
 * @typedef {import("./exchange.mjs").NamedArray} NamedArray
 */

/** @param {import("./tasks.mjs").TrainingTask} task @returns {LayersModel} */
export function buildOurs({ model, options, shape }) {
  const architecture = architectureNamed(model);
  return architecture.build(completeOptions(architecture, /** @type {any} */ (options)), shape, 0);
}

/**
 * Moves what is all one number a little, upwards: fresh scales are all 1, biases and means all 0, and a twin that mixed
 * them up would not be noticed. Variances stay positive. Random kernels stay: a shift of all their numbers would make a
 * wide network's logits so large that rounding decides its loss.
 * @param {TensorFlow} tf
 * @param {LayersModel} model
 */
export function disturbWeights(tf, model) {
  const random = createRandom(1);
  const moved = model.getWeights().map((weight) => {
    const values = /** @type {Float32Array} */ (weight.dataSync());
    const isUniform = values.every((value) => value === values[0]);
    return tf.tensor(
      isUniform ? values.map((value) => value + random.between(0, 0.05)) : values,
      weight.shape,
    );
  });
  model.setWeights(moved);
  tf.dispose(moved);
}

/**
 * One batch as training has them: standardised features, and labels smoothed to sum to 1.
 * @param {LayersModel} model
 * @param {number} batch
 * @param {number} classes
 * @returns {{ inputs: NamedArray, labels: NamedArray }}
 */
export function drawBatch(model, batch, classes) {
  const random = createRandom(2);
  const [input] = /** @type {[import("@tensorflow/tfjs").SymbolicTensor]} */ (model.inputs);
  const shape = [batch, .../** @type {number[]} */ (input.shape.slice(1))];
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: size }, () => random.normal());
  const smoothing = 0.1;
  const labels = new Float32Array(batch * classes).fill(smoothing / classes);
  for (let row = 0; row < batch; row++) {
    const place = row * classes + (row % classes);
    labels[place] = 1 - smoothing + smoothing / classes;
  }
  return {
    inputs: { name: "inputs", shape, values },
    labels: { name: "labels", shape: [batch, classes], values: labels },
  };
}

/** @param {LayersModel} model @returns {NamedArray[]} */
export function weightsOf(model) {
  const values = model.getWeights();
  return model.weights.map((weight, i) => {
    const tensor = /** @type {import("@tensorflow/tfjs").Tensor} */ (values[i]);
    return {
      name: weight.originalName,
      shape: tensor.shape,
      values: /** @type {Float32Array} */ (tensor.dataSync()),
    };
  });
}
