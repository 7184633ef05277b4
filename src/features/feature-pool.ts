import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { LabError } from "../core/errors.js";
import { packageRoot } from "../core/settings.js";
import { openThreadPool } from "../core/thread-pool.js";
import type { FeatureAnswer, FeatureTask } from "./feature-worker.js";

/** Worker threads that compute features. */
export interface FeaturePool {
  /** How many clips are best asked for at once. */
  readonly concurrency: number;
  compute(task: FeatureTask): Promise<FeatureAnswer>;
  close(): Promise<void>;
}

/** Starts `workers` threads (by default one a core). Throws LabError when the package has not been compiled. */
export function openFeaturePool(workers = availableParallelism()): FeaturePool {
  if (!Number.isInteger(workers) || workers < 1) {
    throw new LabError(`${workers} worker threads cannot be started.`, "Use a whole number from 1 up.");
  }
  const filename = join(packageRoot, "dist", "features", "feature-worker.js");
  if (!existsSync(filename)) {
    throw new LabError(`The compiled worker ${filename} is missing.`, "Run: npm run build");
  }
  const pool = openThreadPool<FeatureTask, FeatureAnswer>({
    filename,
    minThreads: workers,
    maxThreads: workers,
  });
  return {
    // One waiting for each that runs: a worker never idles while the main thread writes.
    concurrency: 2 * workers,
    compute: pool.run,
    close: pool.close,
  };
}
