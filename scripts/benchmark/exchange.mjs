// The file through which every side gets the same weights and the same batch.
import { readFile, writeFile } from "node:fs/promises";
import { compiled } from "./compiled.mjs";

/** @type {typeof import("../../src/core/safetensors.js")} */
const { decodeSafetensors, encodeSafetensors } = compiled("core/safetensors");

/** @typedef {import("../../src/core/safetensors.js").NamedArray} NamedArray */
/** @typedef {{ weights: NamedArray[], inputs: NamedArray, labels: NamedArray }} Exchange weights in the model's order */

/** @param {string} path @param {Exchange} exchange */
export async function writeExchange(path, { weights, inputs, labels }) {
  // Readers sort by name: a number in front keeps the model's order.
  const numbered = weights.map((array, i) => ({
    ...array,
    name: `${String(i).padStart(4, "0")} ${array.name}`,
  }));
  const arrays = [...numbered, { ...inputs, name: "inputs" }, { ...labels, name: "labels" }];
  await writeFile(path, encodeSafetensors({ arrays, metadata: {} }));
}

/** @param {string} path @returns {Promise<Exchange>} */
export async function readExchange(path) {
  const { arrays } = decodeSafetensors(await readFile(path), path);
  const named = (/** @type {string} */ name) => {
    const found = arrays.find((array) => array.name === name);
    if (found === undefined) throw new Error(`${path} has no ${name}`);
    return found;
  };
  const weights = arrays
    .filter(({ name }) => /^\d{4} /.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((array) => ({ ...array, name: array.name.slice(5) }));
  return { weights, inputs: named("inputs"), labels: named("labels") };
}
