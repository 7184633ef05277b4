// The form of a part of the drill, and of what it finds.

/**
 * @typedef {object} Check something that was promised, and whether it held
 * @property {string} what
 * @property {boolean} holds
 * @property {string} [detail] what was seen, above all where it did not hold
 */

/**
 * @typedef {object} Findings what a part came to
 * @property {Check[]} checks
 * @property {string[]} [notes] figures and circumstances, a sentence each
 */

/**
 * @typedef {object} Context what a part works with
 * @property {import("./laboratory.mjs").Laboratory} laboratory
 * @property {import("./options.mjs").Amounts} amounts
 * @property {import("../../src/core/random.js").Random} random its own stream of the drill's seed
 * @property {(text: string) => void} note tells whoever watches what is going on
 */

/**
 * @typedef {object} Part
 * @property {string} name as --parts takes it
 * @property {string} title
 * @property {string} promise what must hold, a sentence
 * @property {(context: Context) => Promise<Findings>} run throws Skipped where this machine does not allow it
 */

/** Thrown by a part that cannot be done on this machine; the report says why. */
export class Skipped extends Error {}

/**
 * @param {string} what
 * @param {boolean} holds
 * @param {string} [detail]
 * @returns {Check}
 */
export function check(what, holds, detail) {
  return { what, holds, ...(detail !== undefined && detail !== "" && { detail }) };
}

/**
 * A check that no problem was found.
 * @param {string} what
 * @param {readonly string[]} problems
 */
export function checkNone(what, problems) {
  const more = problems.length > 3 ? ` (and ${problems.length - 3} more)` : "";
  return check(what, problems.length === 0, `${problems.slice(0, 3).join("; ")}${more}`);
}
