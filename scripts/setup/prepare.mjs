import { chooseBuildHere } from "./gpu.mjs";
import { findProblems, surveyMachine } from "./preflight.mjs";
import { openLine, sayUnchanged } from "./say.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * @typedef {object} Step one thing that set-up does, which knows whether it is done
 * @property {string} name
 * @property {(context: Context) => boolean} isDone cheap; must be false when in doubt
 * @property {(context: Context, note: (text: string) => void) => Promise<string | void>} run gives a remark for the
 *   person at the terminal; throws a SetupError
 */

/** @typedef {{ flavour: "cpu" | "cuda" }} Context what was decided about this machine */

/**
 * Checks the machine for what the open steps among `steps` need and tells every problem at once, before anything is
 * changed. Throws a SetupError that lists them.
 * @param {Context} context
 * @param {readonly Step[]} steps
 */
export function checkMachine(context, steps) {
  const open = new Set(steps.filter((step) => !step.isDone(context)).map((step) => step.name));
  const needs = {
    packages: open.has("npm packages"),
    environment: open.has("Python environment"),
    addon: open.has("TensorFlow"),
    flavour: context.flavour,
  };
  const problems = findProblems(surveyMachine(needs), needs);
  if (problems.length === 0) return;
  const list = problems.map(({ problem, remedy }) => `  ✗ ${problem}\n    → ${remedy}`).join("\n");
  throw new SetupError(`Nothing was changed, because this machine is not ready yet:\n${list}`);
}

/**
 * Runs the steps that are not done, in order, with a line for each.
 * @param {readonly Step[]} steps
 */
export async function prepare(steps) {
  const { flavour, reason } = chooseBuildHere();
  console.log(`  ${reason}`);
  const context = { flavour };
  checkMachine(context, steps);
  for (const step of steps) {
    if (step.isDone(context)) {
      sayUnchanged(step.name);
      continue;
    }
    const line = openLine(step.name);
    try {
      line.done((await step.run(context, line.note)) ?? "");
    } catch (error) {
      line.failed();
      throw error;
    }
  }
}
