// results/benchmark.json: what is in it, and that it is in it.

import { join } from "node:path";
import { z } from "zod";
import { SetupError } from "../setup/setup-error.mjs";
import { compiled } from "./compiled.mjs";

/** @type {typeof import("../../src/core/files.js")} */
const { readJson, writeJson } = compiled("core/files");

const figure = z.number().positive().nullable();

const row = z.strictObject({
  task: z.string(),
  precision: z.enum(["float32", "bf16"]),
  /** Of ours, stock, keras and pytorch. */
  unit: z.enum(["clips/s", "s", "ms", "MiB", "share of the step rate"]),
  ours: figure,
  stock: figure,
  keras: figure,
  pytorch: figure,
  /** Above 1 where ours is faster or smaller, whatever the unit. */
  ratioToPytorch: figure,
  /** The reference of features, and how many times faster ours is. */
  librosa: figure.optional(),
  ratioToLibrosa: figure.optional(),
  batch: z.number().int().positive().optional(),
  parameters: z.number().int().positive().optional(),
  /** The memory layout with which PyTorch was faster. */
  pytorchLayout: z.enum(["contiguous", "channels_last"]).nullable().optional(),
  /** Every measured value by side, and (largest - smallest) / median. */
  repeats: z.record(z.string(), z.object({ values: z.array(z.number()), spread: z.number() })),
  /** Sides without a figure, and why. */
  missing: z.record(z.string(), z.string()),
  /** What is measured, where the task's name does not say it. */
  note: z.string().optional(),
  /** When this row was measured, where that was later than the rest. */
  measured: z.iso.datetime().optional(),
});

export const benchmarkFile = z.strictObject({
  machine: z.strictObject({
    processor: z.string(),
    cores: z.number().int().positive(),
    memoryGiB: z.number().positive(),
    system: z.string(),
    /** The card with its driver, or null where TensorFlow computes on the processor. */
    gpu: z.string().nullable(),
  }),
  versions: z.record(z.string(), z.string()),
  /** When it was measured (UTC) and how long that took. */
  measured: z.iso.datetime(),
  minutes: z.number().nonnegative(),
  /** True for --quick: fewer and shorter repeats. */
  quick: z.boolean(),
  rows: z.array(row),
});

/** @typedef {z.infer<typeof benchmarkFile>} Benchmark */
/** @typedef {z.infer<typeof row>} Row */

/** @param {string} root the checkout */
export function benchmarkPath(root) {
  return join(root, "results", "benchmark.json");
}

/**
 * The committed figures, or null before the first measurement. Throws a SetupError when the file is another one's.
 * @param {string} root
 * @returns {Promise<Benchmark | null>}
 */
export async function readBenchmark(root) {
  const path = benchmarkPath(root);
  const content = await readJson(path);
  if (content === null) return null;
  const parsed = benchmarkFile.safeParse(content);
  if (!parsed.success) throw new SetupError(`${path} cannot be used: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** @param {string} root @param {Benchmark} benchmark */
export async function writeBenchmark(root, benchmark) {
  await writeJson(benchmarkPath(root), benchmarkFile.parse(benchmark));
}

/**
 * The committed figures with rows that were measured later in place of their own. Throws a SetupError when the machine
 * or a version is another one: ratios of two machines do not stand in one table.
 * @param {Benchmark} committed
 * @param {Benchmark} later
 * @returns {Benchmark}
 */
export function withRowsReplaced(committed, later) {
  for (const part of /** @type {const} */ (["machine", "versions"])) {
    const [before, now] = [JSON.stringify(committed[part]), JSON.stringify(later[part])];
    if (before === now) continue;
    throw new SetupError(
      `The ${part} of results/benchmark.json is not that of these figures: ${before} and ${now}.`,
      "Measure everything anew: npm run benchmark",
    );
  }
  /** @param {Row} row */
  const key = ({ task, precision }) => `${task} ${precision}`;
  const found = new Map(later.rows.map((row) => [key(row), { ...row, measured: later.measured }]));
  const rows = committed.rows.map((row) => found.get(key(row)) ?? row);
  const known = new Set(committed.rows.map(key));
  return { ...committed, rows: [...rows, ...[...found.values()].filter((row) => !known.has(key(row)))] };
}
