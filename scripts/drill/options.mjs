// What the drill is asked for on its command line.
import { parseArgs } from "node:util";
import { SetupError } from "../setup/setup-error.mjs";

const usage = `npm run drill -- [--long] [--parts a,b] [--again] [--seed N] [--publish]
  --long     50 kills each, ten minutes of fuzzing a target, an hour of listen, ten minutes of load
  --parts    only these
  --again    parts that have been done already too
  --seed     of the moments at which processes are killed, and of what is fuzzed (0)
  --publish  write the report to docs/drill.md as well, and results/drill.json, with which another machine goes on`;

/**
 * @typedef {object} Amounts how much is done
 * @property {number} kills of each kind of work
 * @property {number} fuzzSeconds a target
 * @property {number} listenSeconds
 * @property {number} loadSeconds
 */

/** @type {Record<"short" | "long", Amounts>} */
const amounts = {
  short: { kills: 5, fuzzSeconds: 20, listenSeconds: 40, loadSeconds: 20 },
  long: { kills: 50, fuzzSeconds: 600, listenSeconds: 3600, loadSeconds: 600 },
};

/**
 * @param {readonly string[]} given
 * @param {readonly string[]} known names of parts
 */
export function parseOptions(given, known) {
  /** @type {{ long?: boolean, parts?: string, again?: boolean, seed?: string, publish?: boolean }} */
  let values;
  try {
    ({ values } = parseArgs({
      args: [...given],
      options: {
        long: { type: "boolean" },
        parts: { type: "string" },
        again: { type: "boolean" },
        seed: { type: "string" },
        publish: { type: "boolean" },
      },
    }));
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error), usage);
  }
  const parts = values.parts?.split(",") ?? known;
  const unknown = parts.find((part) => !known.includes(part));
  if (unknown !== undefined)
    throw new SetupError(`There is no part "${unknown}".`, `There are: ${known.join(", ")}.`);
  const seed = Number(values.seed ?? "0");
  if (!Number.isInteger(seed) || seed < 0)
    throw new SetupError(`"${values.seed}" is no seed.`, "Use a whole number from 0 up.");
  if (values.publish === true && values.long !== true)
    throw new SetupError("Only the long drill is published.", "Add --long.");
  const length = values.long === true ? /** @type {const} */ ("long") : /** @type {const} */ ("short");
  return {
    ...{ parts, seed, length, amounts: amounts[length] },
    isAgain: values.again === true,
    isPublished: values.publish === true,
  };
}
