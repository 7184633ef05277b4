// What our side and stock tfjs have in common: requests, answered with a network that is trained on one batch.

import { answerRequests } from "./answer-requests.mjs";
import { compiled } from "./compiled.mjs";
import { stepRate } from "./step-rate.mjs";

/** @type {typeof import("../../src/core/tensorflow.js")} */
const { deviceName, loadTensorFlow, tensorFlowVersion } = compiled("core/tensorflow");

/**
 * @typedef {object} Trained a network under training
 * @property {number} parameters
 * @property {() => number[]} predict logits of the batch, in float32, as in inference
 * @property {() => number} step one training step; gives the loss
 * @property {() => void} dispose
 */

/** @param {(request: any) => Promise<Trained>} open @param {Record<string, (request: any) => unknown>} [more] */
export async function serveTraining(open, more = {}) {
  const tf = loadTensorFlow();
  /** By memory layout. @type {Map<string, Trained & { batch: number }>} */
  const prepared = new Map();
  await answerRequests({
    versions: () => ({
      device: deviceName(),
      versions: { node: process.versions.node, tfjs: tf.version_core, tensorflow: tensorFlowVersion() },
    }),
    async prepare(request) {
      const trained = await open(request);
      prepared.set(request.layout, { ...trained, batch: request.task.batch });
      const logits = trained.predict();
      const losses = Array.from({ length: request.warmUpSteps }, () => trained.step());
      return { parameters: trained.parameters, logits, losses };
    },
    measure({ layout, ...amount }) {
      const trained = prepared.get(layout);
      if (trained === undefined) throw new Error(`nothing is prepared as ${layout}`);
      return stepRate(trained.step, { ...amount, batch: trained.batch });
    },
    release() {
      for (const trained of prepared.values()) trained.dispose();
      prepared.clear();
    },
    ...more,
  });
}
