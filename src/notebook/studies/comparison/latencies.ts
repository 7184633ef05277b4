import { join } from "node:path";
import { z } from "zod";
import { LabError } from "../../../core/errors.js";
import { readJson } from "../../../core/files.js";
import type { Settings } from "../../../core/settings.js";

const latencyFile = z.strictObject({
  machine: z.strictObject({ processor: z.string(), cores: z.number(), gpu: z.string().nullable() }),
  measured: z.iso.datetime(),
  /** Seconds of sound that are answered. */
  seconds: z.number().positive(),
  /** By row: milliseconds from decoded samples to probabilities, warm. */
  rows: z.record(
    z.string(),
    z.strictObject({
      median: z.number().positive(),
      low: z.number().positive(),
      high: z.number().positive(),
    }),
  ),
});

/** results/latency.json: how long each published row takes for an answer, all in one run on one machine. */
export type Latencies = z.infer<typeof latencyFile>;

export function latencyPath({ root }: Pick<Settings, "root">): string {
  return join(root, "results", "latency.json");
}

/** Null before the first `npm run latency`. Throws LabError when the file is another one's. */
export async function readLatencies(settings: Pick<Settings, "root">): Promise<Latencies | null> {
  const path = latencyPath(settings);
  const content = await readJson(path);
  if (content === null) return null;
  const parsed = latencyFile.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new LabError(
    `${path} cannot be used: ${z.prettifyError(parsed.error)}`,
    "Measure it again: npm run latency",
  );
}
