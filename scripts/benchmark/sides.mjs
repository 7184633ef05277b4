// The four sides, each a process of its own with as many threads as there are cores.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { places, root } from "../setup/places.mjs";
import { openSide } from "./side.mjs";

/** @typedef {import("./side.mjs").Side} Side */

const here = join(root, "scripts", "benchmark");

/**
 * Starts the sides; gives them with the versions of what they compute with.
 * @param {string} pytorchPython
 */
export async function openSides(pytorchPython) {
  const threads = { BENCHMARK_THREADS: String(availableParallelism()), PYTHONPATH: here };
  const node = (/** @type {string} */ name) =>
    openSide(
      name,
      process.execPath,
      ["--require", places.nodeCompat, join(here, `${name}-side.mjs`)],
      threads,
    );
  const python = (/** @type {string} */ name, /** @type {string} */ command) =>
    openSide(name, command, [join(here, `${name}_side.py`)], threads);
  const sides = {
    ours: node("ours"),
    stock: node("stock"),
    keras: python("keras", places.python),
    pytorch: python("pytorch", pytorchPython),
  };
  const close = () => {
    for (const side of Object.values(sides)) side.close();
  };
  try {
    const told = [];
    for (const side of Object.values(sides)) told.push(await side.ask({ do: "versions" }));
    const versions = Object.assign({}, ...told.map((each) => each.versions));
    return { sides, device: String(told[0].device), versions, close };
  } catch (error) {
    close();
    throw error;
  }
}
