import { loadTensorFlow } from "../core/tensorflow.js";

let loaded: typeof import("danfojs-node") | undefined;

/**
 * danfojs, loaded when it is first needed: it takes a second, and reading a catalogue should not wait for it. It brings
 * TensorFlow along, which is set up first as everywhere else. The one place of this folder that knows how it is loaded.
 */
export function danfo(): typeof import("danfojs-node") {
  if (loaded === undefined) {
    loadTensorFlow();
    loaded = require("danfojs-node") as typeof import("danfojs-node");
  }
  return loaded;
}
