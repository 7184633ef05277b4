import util from "node:util";

/** What Node 23 removed and TensorFlow.js 4.22, which danfojs brings along, still calls. */
const removed = util as unknown as Record<string, unknown>;

let loaded: typeof import("danfojs-node") | undefined;

/**
 * danfojs, loaded when it is first needed: it takes a second, and reading a catalogue should not wait for it. The one
 * place of this folder that knows how it is loaded.
 */
export function danfo(): typeof import("danfojs-node") {
  if (loaded === undefined) {
    // Read once, when TensorFlow's library is loaded, be it by danfojs or for training: quiet, and with oneDNN.
    process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
    process.env.TF_ENABLE_ONEDNN_OPTS ??= "1";
    removed.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
    removed.isArray ??= Array.isArray;
    loaded = require("danfojs-node") as typeof import("danfojs-node");
  }
  return loaded;
}
