import { parseArgs } from "node:util";
import { SetupError } from "../setup/setup-error.mjs";

const usage = `npm run benchmark -- [--tasks a,b [--replace]] [--quick] [--python PATH] [--draw]
  --tasks    only these; their rows are shown, and results/ and docs/ are left as they are
  --replace  with --tasks: their rows take the place of those in results/benchmark.json (same machine, same versions)
  --quick    fewer and shorter repeats, to see that everything runs; nothing is written
  --python   the interpreter that has PyTorch, or AFFECTLAB_BENCHMARK_PYTHON
  --draw     measures nothing: table and picture anew from results/benchmark.json`;

/**
 * @param {readonly string[]} given
 * @param {readonly string[]} known names of tasks
 */
export function parseArguments(given, known) {
  /** @type {{ tasks?: string, replace?: boolean, quick?: boolean, python?: string, draw?: boolean }} */
  let values;
  try {
    ({ values } = parseArgs({
      args: [...given],
      options: {
        tasks: { type: "string" },
        replace: { type: "boolean" },
        quick: { type: "boolean" },
        python: { type: "string" },
        draw: { type: "boolean" },
      },
    }));
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error), usage);
  }
  const tasks = values.tasks?.split(",") ?? known;
  const unknown = tasks.find((task) => !known.includes(task));
  if (unknown !== undefined)
    throw new SetupError(`There is no task "${unknown}".`, `There are: ${known.join(", ")}.`);
  if (values.replace === true && (values.tasks === undefined || values.quick === true)) {
    throw new SetupError("--replace is for --tasks, measured in full.", usage);
  }
  return {
    tasks,
    isReplacing: values.replace === true,
    isQuick: values.quick === true,
    isDrawOnly: values.draw === true,
    python: values.python,
  };
}
