import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { version_wasm } from "@tensorflow/tfjs-backend-wasm";
import { readJson, writeFileAtomic, writeJson } from "../core/files.js";
import type { ExportTarget, Runtime } from "./target.js";
import { tfjsWeightsName, writeTfjsGraph } from "./tfjs-graph.js";

const plainBackend = "wasm";

/** TensorFlow.js alone: no layer and no kernel of this project, on the WebAssembly backend that a page has too. */
export const tfjsTarget: ExportTarget = {
  name: "tfjs",
  title: "TensorFlow.js",
  async write(graph, precision, folder) {
    const { modelJson, weights } = writeTfjsGraph(graph, precision);
    await writeFileAtomic(join(folder, tfjsWeightsName), weights);
    await writeJson(join(folder, "model.json"), modelJson);
  },
  open: async (folder) => {
    const modelJson = (await readJson(join(folder, "model.json"))) as tf.io.ModelJSON;
    const weights = await readFile(join(folder, tfjsWeightsName));
    const load = (): Promise<tf.io.ModelArtifacts> =>
      tf.io.getModelArtifactsForJSON(modelJson, async ([group]) => [
        group!.weights,
        new Uint8Array(weights).buffer,
      ]);
    return await onPlainBackend(async () => openRuntime(await tf.loadGraphModel({ load })));
  },
};

function openRuntime(model: tf.GraphModel): Runtime {
  const [, samples] = model.inputs[0]!.shape as [number, number];
  return {
    name: `TensorFlow.js ${tf.version_core}, backend wasm ${version_wasm}`,
    hear: (sound) =>
      onPlainBackend(async () => {
        const x = tf.tensor2d(sound, [1, samples]);
        const y = model.predict(x) as tf.Tensor;
        const probabilities = (await y.data<"float32">()).slice();
        tf.dispose([x, y]);
        return probabilities;
      }),
    close: async () => model.dispose(),
  };
}

/** Does something on the plain backend, and has the one before it back. */
async function onPlainBackend<T>(work: () => Promise<T>): Promise<T> {
  const before = tf.getBackend();
  await tf.setBackend(plainBackend);
  try {
    return await work();
  } finally {
    await tf.setBackend(before);
  }
}
