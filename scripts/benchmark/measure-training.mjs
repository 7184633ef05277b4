// One training task: the same network on every side, then rounds in which each is timed in turn (A B C A B C), so that
// whatever else the machine does falls on all of them.
import { join } from "node:path";
import { compiled } from "./compiled.mjs";
import { requireSameNetwork } from "./equality.mjs";
import { makeRow } from "./row.mjs";
import { median } from "./statistics.mjs";
import { optimiserSettings, stockWarmUpSteps, warmUpSteps } from "./training-settings.mjs";

/** @type {typeof import("../../src/models/registry.js")} */
const { architectureNamed, completeOptions } = compiled("models/registry");

/**
 * @typedef {import("./side.mjs").Side} Side
 * @typedef {import("./tasks.mjs").TrainingTask} TrainingTask
 * @typedef {import("./tasks.mjs").Precision} Precision
 * @typedef {import("./tasks.mjs").Layout} Layout
 * @typedef {import("./equality.mjs").Prepared} Prepared
 * @typedef {{ ours: Side, stock: Side, keras: Side, pytorch: Side }} Sides
 * @typedef {{ rounds: number, stockRounds: number, seconds: number }} Effort
 * @typedef {object} Contender
 * @property {keyof Sides} side
 * @property {Layout} layout
 * @property {number} rounds
 * @property {number} seconds
 * @property {number[]} rates clips a second, one a round
 */

/**
 * Measures a task in one precision; gives its row. Throws a SetupError where a side is another network;
 * the sides are not to be used again then.
 * @param {TrainingTask} given
 * @param {Precision} precision
 * @param {import("./workplace.mjs").Workplace} workplace
 */
export async function measureTraining(given, precision, { sides, effort, folder }) {
  const task = withEveryOption(given);
  const path = join(folder, "exchange.safetensors");
  const contenders = contendersOf(task, precision, effort);
  const used = [...new Set(contenders.map(({ side }) => sides[side]))];
  await sides.ours.ask({ do: "write", task, path });
  const { parameters } = await prepareAll(task, precision, sides, path, contenders);
  for (let round = 0; round < effort.rounds; round++) {
    for (const { side, layout, rounds, seconds, rates } of contenders) {
      if (round >= rounds) continue;
      const measured = await sides[side].ask({ do: "measure", layout, seconds, fewestSteps: 1 });
      rates.push(measured.clipsPerSecond);
    }
  }
  for (const side of used) await side.ask({ do: "release" });
  return rowOf(task, precision, parameters, contenders);
}

/** The twins know no defaults: they are told every option. @param {TrainingTask} task @returns {TrainingTask} */
function withEveryOption(task) {
  const options = completeOptions(architectureNamed(task.model), /** @type {any} */ (task.options));
  return { ...task, options: { ...options } };
}

/** @param {TrainingTask} task @param {Precision} precision @param {Effort} effort @returns {Contender[]} */
function contendersOf(task, precision, { rounds, stockRounds, seconds }) {
  /** @type {Contender[]} */
  const all = [{ side: "ours", layout: "contiguous", rounds, seconds, rates: [] }];
  for (const layout of task.layouts) all.push({ side: "pytorch", layout, rounds, seconds, rates: [] });
  if (!("keras" in missingOf(task, precision)))
    all.push({ side: "keras", layout: "contiguous", rounds, seconds, rates: [] });
  // Stock tfjs takes seconds for a step, and its figure decides nothing: a step a round, few rounds.
  if (!("stock" in missingOf(task, precision)))
    all.push({ side: "stock", layout: "contiguous", rounds: stockRounds, seconds: 0, rates: [] });
  return all;
}

/** @param {TrainingTask} task @param {Precision} precision @returns {Record<string, string>} */
function missingOf({ missing }, precision) {
  return precision === "bf16" ? { ...missing, stock: "tfjs knows no bfloat16" } : missing;
}

/**
 * Gives every contender the same weights and batch, and holds it to our network.
 * @param {TrainingTask} task
 * @param {Precision} precision
 * @param {Sides} sides
 * @param {string} path
 * @param {readonly Contender[]} contenders
 * @returns {Promise<Prepared>} ours
 */
async function prepareAll(task, precision, sides, path, contenders) {
  /** @type {Prepared | null} */
  let ours = null;
  for (const { side, layout } of contenders) {
    const request = {
      do: "prepare",
      task,
      precision,
      path,
      layout,
      optimiser: optimiserSettings,
      warmUpSteps: side === "stock" ? stockWarmUpSteps : warmUpSteps,
    };
    /** @type {Prepared} */
    const prepared = await sides[side].ask(request);
    ours ??= prepared;
    // Ours and PyTorch judge in float32 whatever they train in; Keras' mixed policy holds for both.
    const judgedIn = side === "keras" ? precision : "float32";
    requireSameNetwork(task.name, side, ours, prepared, precision, judgedIn);
  }
  return /** @type {Prepared} */ (/** @type {unknown} */ (ours));
}

/**
 * @param {TrainingTask} task
 * @param {Precision} precision
 * @param {number} parameters
 * @param {readonly Contender[]} contenders
 */
function rowOf(task, precision, parameters, contenders) {
  /** @type {Partial<Record<keyof Sides, Contender>>} */
  const fastest = {};
  for (const contender of contenders) {
    const known = fastest[contender.side];
    if (known === undefined || median(contender.rates) > median(known.rates))
      fastest[contender.side] = contender;
  }
  const repeats = Object.fromEntries(Object.entries(fastest).map(([side, { rates }]) => [side, rates]));
  return {
    ...makeRow({ task: task.name, precision, unit: "clips/s", repeats, missing: missingOf(task, precision) }),
    batch: task.batch,
    parameters,
    pytorchLayout: fastest.pytorch?.layout ?? null,
  };
}
