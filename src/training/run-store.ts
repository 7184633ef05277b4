import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../core/errors.js";
import { readFileIfThere, writeJson } from "../core/files.js";
import type { Settings } from "../core/settings.js";
import type { Prediction } from "../evaluation/prediction.js";
import { readPredictions } from "../evaluation/predictions-file.js";
import { type EpochRecord, readHistory } from "./history.js";
import { readMetrics, readSpec } from "./read-metrics.js";
import type { ResultMetrics } from "./run-metrics.js";
import { type ResultSpec, type RunSpec, runHash } from "./run-spec.js";

/** Files of a run's folder, `$AFFECTLAB_HOME/runs/<hash>/`. metrics.json is written last: it says that the run is whole. */
export interface RunFiles {
  readonly folder: string;
  readonly spec: string;
  readonly metrics: string;
  readonly predictions: string;
  readonly validation: string;
  readonly history: string;
  readonly standardisation: string;
  readonly last: string;
  readonly best: string;
  epoch(epoch: number): string;
}

/** The file in a run's folder that names the process which trains it (see running.ts). */
export const lockName = "running.json";

/** A finished run: what its files hold. */
export interface Run<Spec extends ResultSpec = RunSpec> {
  readonly hash: string;
  readonly spec: Spec;
  readonly metrics: ResultMetrics<Spec>;
  readonly history: readonly EpochRecord[];
  readonly test: readonly Prediction[];
  readonly validation: readonly Prediction[];
}

/** Where a run's files are, by its hash. */
export function runFiles(hash: string, settings: Settings): RunFiles {
  const folder = join(settings.home, "runs", hash);
  return {
    folder,
    spec: join(folder, "spec.json"),
    metrics: join(folder, "metrics.json"),
    predictions: join(folder, "predictions.csv"),
    validation: join(folder, "predictions-validation.csv"),
    history: join(folder, "history.csv"),
    standardisation: join(folder, "standardisation.json"),
    last: join(folder, "last.safetensors"),
    best: join(folder, "best.safetensors"),
    epoch: (epoch) => join(folder, `epoch-${String(epoch).padStart(3, "0")}.safetensors`),
  };
}

/**
 * Makes a run's folder and writes its specification there; gives its files. What a process that was killed had half
 * written goes: whoever trains a run holds its lock, so nobody else writes there.
 */
export async function openRun(spec: ResultSpec, settings: Settings): Promise<RunFiles> {
  const files = runFiles(runHash(spec), settings);
  await mkdir(files.folder, { recursive: true });
  for (const name of await readdir(files.folder))
    if (name.endsWith(".part")) await rm(join(files.folder, name), { force: true });
  if ((await readFileIfThere(files.spec)) === null) await writeJson(files.spec, spec);
  return files;
}

/** The finished run of that hash, or null when there is none (or it is unfinished). */
export async function readRun<Spec extends ResultSpec = RunSpec>(
  hash: string,
  settings: Settings,
): Promise<Run<Spec> | null> {
  const files = runFiles(hash, settings);
  const metrics = await readMetrics<Spec>(files.metrics);
  if (metrics === null) return null;
  const [test, validation] = await Promise.all([
    readPredictions(files.predictions),
    readPredictions(files.validation),
  ]);
  return { hash, spec: metrics.spec, metrics, history: await readHistory(files.history), test, validation };
}

/** A line for `affectlab runs list`: every run in the store, finished or not, newest first. */
export interface StoredRun {
  readonly hash: string;
  readonly spec: RunSpec;
  readonly finished: boolean;
  readonly modified: Date;
}

/** All runs of the store. Folders without a readable specification are left out. */
export async function listRuns(settings: Settings): Promise<StoredRun[]> {
  const folder = join(settings.home, "runs");
  const names = await readdir(folder).catch(() => [] as string[]);
  const runs: StoredRun[] = [];
  for (const hash of names) {
    const files = runFiles(hash, settings);
    const spec = await readSpec(files.spec);
    if (spec === null) continue;
    const done = await stat(files.metrics).catch(() => null);
    const seen = done ?? (await stat(files.last).catch(() => null)) ?? (await stat(files.spec));
    runs.push({ hash, spec, finished: done !== null, modified: seen.mtime });
  }
  return runs.sort((a, b) => b.modified.getTime() - a.modified.getTime());
}

/** The only run whose hash begins so. Throws LabError when none does, or several do. */
export async function findRun(prefix: string, settings: Settings): Promise<StoredRun> {
  const found = (await listRuns(settings)).filter((run) => run.hash.startsWith(prefix));
  if (found.length === 1) return found[0]!;
  throw new LabError(
    found.length === 0 ? `There is no run ${prefix}.` : `${found.length} runs begin with ${prefix}.`,
    "`affectlab runs list` shows them; give more digits of the hash.",
  );
}

/** Deletes a run's folder: result, checkpoints and all. */
export async function deleteRun(hash: string, settings: Settings): Promise<void> {
  await emptyRun(hash, settings);
  await rm(runFiles(hash, settings).folder, { recursive: true, force: true });
}

/**
 * Deletes what a run's folder holds but its lock. What says that others are whole goes first: cut off in the middle, the
 * run is an unfinished one.
 */
export async function emptyRun(hash: string, settings: Settings): Promise<void> {
  const { folder, metrics, last } = runFiles(hash, settings);
  await rm(metrics, { force: true });
  await rm(last, { force: true });
  for (const name of await readdir(folder).catch(() => [] as string[]))
    if (name !== lockName) await rm(join(folder, name), { recursive: true, force: true });
}
