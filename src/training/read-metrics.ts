import { z } from "zod";
import { LabError } from "../core/errors.js";
import { readJson } from "../core/files.js";
import type { ResultMetrics } from "./run-metrics.js";
import type { ResultSpec, RunSpec } from "./run-spec.js";

const interval = z.tuple([z.number(), z.number()]);
const figure = z.object({ value: z.number(), clip: interval, speaker: interval.nullable() });
const part = z.record(
  z.string(),
  z.object({ n: z.number().int(), accuracy: figure, uar: figure, macroF1: figure }),
);

/** What everything that reads a specification takes for granted; its other fields are the business of its hash. */
const spec = z.object({
  profile: z.string(),
  model: z.string(),
  options: z.record(z.string(), z.unknown()),
  corpora: z.record(z.string(), z.string()),
  protocol: z.string(),
  fold: z.string().nullable(),
  seed: z.number().int(),
});

const metrics = z.object({
  spec,
  specHash: z.string(),
  dataChecksum: z.string(),
  source: z.string(),
  test: part.refine((groups) => "all" in groups),
  validation: part.refine((groups) => "all" in groups),
  parameters: z.number(),
  epochs: z.number().int(),
  bestEpoch: z.number().int(),
  seconds: z.number(),
  device: z.string(),
  precision: z.string(),
  versions: z.record(z.string(), z.string()),
});

/**
 * Reads metrics.json; null when there is none. Throws LabError naming the file and the field when it is not what
 * `ResultMetrics` says.
 */
export async function readMetrics<Spec extends ResultSpec = ResultSpec>(
  path: string,
): Promise<ResultMetrics<Spec> | null> {
  const value = await readJson(path);
  if (value === null) return null;
  const { error } = metrics.safeParse(value);
  if (error === undefined) return value as ResultMetrics<Spec>; // itself: the schema leaves out what it does not know
  throw new LabError(
    `${path} is no metrics.json: ${z.prettifyError(error)}.`,
    "Restore it, or train and publish again.",
  );
}

/** The specification in a run's folder; null when there is none that can be read. */
export async function readSpec(path: string): Promise<RunSpec | null> {
  const value = await readJson(path).catch(() => null);
  return spec.safeParse(value).success ? (value as RunSpec) : null;
}
