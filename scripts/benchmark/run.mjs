import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { places, root } from "../setup/places.mjs";
import { SetupError } from "../setup/setup-error.mjs";
import { parseArguments } from "./arguments.mjs";
import { compiled } from "./compiled.mjs";
import { drawBenchmark } from "./draw.mjs";
import { describeMachine } from "./machine.mjs";
import { measureEach } from "./measure-each.mjs";
import { measurements } from "./measurements.mjs";
import { findPytorchPython } from "./pytorch-python.mjs";
import { readBenchmark, withRowsReplaced, writeBenchmark } from "./results-file.mjs";
import { refuseDuringTraining } from "./running-trainings.mjs";
import { openSides } from "./sides.mjs";
import { benchmarkMarkdown, writeTable } from "./table.mjs";

/** @type {typeof import("../../src/core/settings.js")} */
const { resolveSettings } = compiled("core/settings");
/** @type {typeof import("../../src/core/files.js")} */
const { writeJson } = compiled("core/files");
/** @type {typeof import("../../src/core/progress.js")} */
const { trackProgress } = compiled("core/progress");
/** @type {typeof import("../../src/cli/terminal-progress.js")} */
const { openProgress } = compiled("cli/terminal-progress");

/** @typedef {import("./results-file.mjs").Benchmark} Benchmark */
/** @typedef {import("./results-file.mjs").Row} Row */

/** The whole takes about 25 minutes on two cores with this. */
const usualEffort = { rounds: 5, stockRounds: 2, seconds: 1 };
const quickEffort = { rounds: 2, stockRounds: 1, seconds: 0.3 };

/** @param {readonly string[]} given the command line */
export async function benchmark(given) {
  const known = [...new Set(measurements.map(({ task }) => task))];
  const options = parseArguments(given, known);
  if (options.isDrawOnly) return await show(await committed());
  await refuseDuringTraining(resolveSettings());
  const { measured, failures } = await measure(options);
  const isWhole = !options.isQuick && options.tasks.length === known.length;
  if (isWhole) {
    await writeBenchmark(root, measured);
    await show(measured);
  } else if (options.isReplacing) {
    const replaced = withRowsReplaced(await committed(), measured);
    await writeBenchmark(root, replaced);
    await show(replaced);
  } else {
    console.log(benchmarkMarkdown(measured));
    console.log(
      `\nA part: results/ and docs/ are as they were, these figures are in ${relative(root, partPath)}.`,
    );
  }
  if (failures.length > 0) {
    const count = failures.length === 1 ? "One measurement" : `${failures.length} measurements`;
    const commands = [...new Set(failures.map(({ task }) => task))].join(",");
    throw new SetupError(
      `${count} failed; the figures are without them:\n\n${failures.map(({ text }) => text).join("\n\n")}`,
      `Look at them alone: npm run benchmark -- --quick --tasks ${commands}`,
    );
  }
}

const partPath = join(places.build, "benchmark.json");

/**
 * Measures; what failed is told beside the figures.
 * @param {ReturnType<typeof parseArguments>} options
 * @returns {Promise<{ measured: Benchmark, failures: import("./measure-each.mjs").Failure[] }>}
 */
export async function measure({ tasks, isQuick, python }) {
  const start = Date.now();
  const folder = await mkdtemp(join(tmpdir(), "affectlab-benchmark-"));
  const pytorchPython = findPytorchPython(python);
  let opened = await openSides(pytorchPython);
  const terminal = await openProgress();
  try {
    const work = measurements.filter(({ task }) => tasks.includes(task));
    const progress = trackProgress("benchmark", work.length, terminal.listener);
    /** @type {Row[]} */
    const rows = [];
    const soFar = () => ({
      machine: describeMachine(opened.device),
      versions: opened.versions,
      measured: new Date(start).toISOString(),
      minutes: Math.round((Date.now() - start) / 6000) / 10,
      quick: isQuick,
      rows,
    });
    const effort = isQuick ? quickEffort : usualEffort;
    const settings = resolveSettings();
    const inPlace = work.map(({ task, run }) => ({
      task,
      run: () => run({ sides: opened.sides, effort, folder, pytorchPython, settings }),
    }));
    const failures = await measureEach(inPlace, {
      async onRows(found) {
        rows.push(...found);
        await writeJson(partPath, soFar()); // what was reached, should it be stopped
        progress.advance(1, found.map(describe).join("; "));
      },
      async onFailure({ task, text }) {
        progress.advance(1, `${task} failed: ${text.split("\n")[0]}`);
        opened.close(); // nobody knows what the failure left in them
        opened = await openSides(pytorchPython);
      },
    });
    return { measured: soFar(), failures };
  } finally {
    terminal.close();
    opened.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {Row} row */
function describe({ task, precision, ours, unit, ratioToPytorch, ratioToLibrosa }) {
  const ratio = ratioToPytorch ?? ratioToLibrosa ?? null;
  return `${task} ${precision}: ${ours ?? "–"} ${unit}${ratio === null ? "" : `, ratio ${ratio}`}`;
}

async function committed() {
  const found = await readBenchmark(root);
  if (found === null)
    throw new SetupError("There is no results/benchmark.json.", "Measure it: npm run benchmark");
  return found;
}

/** Writes table and picture of docs/kernels.md. @param {Benchmark} benchmark */
async function show(benchmark) {
  await writeTable(root, benchmark);
  await drawBenchmark(root, benchmark);
  console.log("docs/kernels.md and docs/images/benchmark.svg are new.");
}
