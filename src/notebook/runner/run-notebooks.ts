import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LabError, messageOf } from "../../core/errors.js";
import { type Profile, packageRoot } from "../../core/settings.js";
import { readNotebook, serialiseNotebook, writeNotebook } from "../notebook-file.js";
import { executeNotebook, type NotebookFailure } from "./execute-notebook.js";
import { attachRecord } from "./execution-record.js";
import { stripMachinePaths } from "./machine-paths.js";

/** The most a committed notebook may weigh, in bytes: GitHub shows no larger ones. */
export const largestNotebookBytes = 2_000_000;

export interface RunOptions {
  readonly profile: Profile;
  /** How many notebooks run at the same time, each in its own processes. */
  readonly jobs: number;
  /** The most one cell may take; 0 for no limit. */
  readonly timeoutSeconds: number;
  /** Where executed notebooks go; null replaces the notebooks themselves, and only after a run without an error. */
  readonly output: string | null;
  readonly listener?: RunListener;
  readonly signal?: AbortSignal;
}

/** Told about the course of every notebook. */
export interface RunListener {
  started?(path: string): void;
  cell?(path: string, cell: number, done: number, total: number): void;
  finished?(result: NotebookResult): void;
}

export interface NotebookResult {
  readonly path: string;
  /** The executed notebook: whole, or after a failure what was executed so far. */
  readonly executed: string;
  readonly failure: NotebookFailure | null;
  readonly seconds: number;
  readonly warning: string | null;
}

/**
 * Executes notebooks headless, `jobs` at a time, and gives a result for each in the order of `paths`. A notebook that
 * fails does not stop the others. What a failed one executed is saved as `<name>.failed.ipynb`.
 */
export async function runNotebooks(paths: readonly string[], options: RunOptions): Promise<NotebookResult[]> {
  const results: NotebookResult[] = new Array(paths.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < paths.length; i = next++) {
      const result = await runNotebook(paths[i]!, options);
      results[i] = result;
      options.listener?.finished?.(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, paths.length) }, work));
  return results;
}

async function runNotebook(path: string, options: RunOptions): Promise<NotebookResult> {
  const start = performance.now();
  options.listener?.started?.(path);
  const name = basename(path, ".ipynb");
  const folder = options.output ?? join(packageRoot, "build", "notebooks");
  const failed = join(folder, `${name}.failed.ipynb`);
  const part = join(folder, `.${name}.${process.pid}.part.ipynb`);
  const finish = (executed: string, failure: NotebookFailure | null, warning: string | null = null) => ({
    path,
    executed,
    failure,
    seconds: (performance.now() - start) / 1000,
    warning,
  });
  let kind: NotebookFailure["kind"] = "start";
  try {
    await readNotebook(path);
    await mkdir(folder, { recursive: true });
    await rm(failed, { force: true });
    const failure = await executeNotebook(path, part, {
      profile: options.profile,
      timeoutSeconds: options.timeoutSeconds,
      onCell: (cell, done, total) => options.listener?.cell?.(path, cell, done, total),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (failure !== null) {
      await rename(part, failed).catch(() => undefined);
      return finish(failed, failure);
    }
    kind = "finish";
    const target = options.output === null ? path : join(folder, basename(path));
    return finish(target, null, await publish(part, target, failed, options.profile));
  } catch (error) {
    const text =
      error instanceof LabError ? error.message : (error instanceof Error && error.stack) || messageOf(error);
    return finish(failed, { cell: 0, kind, text });
  } finally {
    await rm(part, { force: true });
  }
}

/** Finishes an executed notebook (record, paths, size) and gives it its place; the warning, if there is one. */
async function publish(
  part: string,
  target: string,
  failed: string,
  profile: Profile,
): Promise<string | null> {
  const executed = stripMachinePaths(attachRecord(await readNotebook(part), profile, new Date()));
  const bytes = Buffer.byteLength(serialiseNotebook(executed));
  const isTooLarge = bytes > largestNotebookBytes;
  const size = `${(bytes / 1e6).toFixed(1)} MB, more than ${largestNotebookBytes / 1e6} MB`;
  if (isTooLarge && profile !== "sample") {
    await writeNotebook(failed, executed);
    throw new LabError(
      `The executed notebook is ${size}, and GitHub would not show it.`,
      "Show fewer or smaller figures: fewer points, smaller pictures, no sound inside.",
    );
  }
  await mkdir(dirname(target), { recursive: true });
  await writeNotebook(target, executed);
  return isTooLarge ? `The executed notebook is ${size}; with this size it cannot be published.` : null;
}
