import { spawn } from "node:child_process";
import { dirname, join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { z } from "zod";
import { environmentPython } from "../../core/environment-python.js";
import { type Profile, packageRoot } from "../../core/settings.js";

/** What went wrong in a notebook. */
export interface NotebookFailure {
  /** The cell's number in the notebook, from 1, text cells counted; 0 when no cell is to blame. */
  readonly cell: number;
  /**
   * `error`: the cell failed; `unawaited`: it threw where nothing awaits it; `died`: the kernel ended; `start`: nothing
   * ran; `finish`: everything ran, and the result cannot be kept.
   */
  readonly kind: "error" | "unawaited" | "timeout" | "died" | "start" | "finish";
  readonly text: string;
}

export interface ExecuteOptions {
  readonly profile: Profile;
  /** The most one cell may take; 0 for no limit. */
  readonly timeoutSeconds: number;
  /** Called before every code cell with its number in the notebook and how many code cells are done of all. */
  readonly onCell?: (cell: number, done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

const event = z.discriminatedUnion("event", [
  z.object({ event: z.literal("cell"), cell: z.number(), done: z.number(), total: z.number() }),
  z.object({ event: z.literal("done"), total: z.number() }),
  z.object({
    event: z.literal("failed"),
    cell: z.number(),
    kind: z.enum(["error", "unawaited", "timeout", "died"]),
    text: z.string(),
  }),
]);

/**
 * Executes a notebook in a process and a kernel of its own; the executed copy is written to `output` after every cell.
 * The notebook learns the profile from the environment (AFFECTLAB_PROFILE), as `resolveSettings` reads it. Resolves
 * to what failed, or null. Throws LabError when set-up has not run.
 */
export async function executeNotebook(
  input: string,
  output: string,
  options: ExecuteOptions,
): Promise<NotebookFailure | null> {
  const script = join(packageRoot, "scripts", "python", "execute_notebook.py");
  const eventsDescriptor = "3";
  const args = [script, resolve(input), resolve(output), "--cwd", kernelFolder(input)];
  args.push("--timeout", String(options.timeoutSeconds), "--events", eventsDescriptor);
  const child = spawn(environmentPython(), args, {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    env: { ...process.env, AFFECTLAB_PROFILE: options.profile, PYTHONUNBUFFERED: "1" },
    ...(options.signal === undefined ? {} : { signal: options.signal, killSignal: "SIGTERM" as const }),
  });
  let failure: NotebookFailure | null = null;
  let isDone = false;
  const lines = createInterface({ input: child.stdio[3] as Readable });
  lines.on("line", (line) => {
    const told = event.parse(JSON.parse(line));
    if (told.event === "cell") options.onCell?.(told.cell, told.done, told.total);
    else if (told.event === "done") isDone = true;
    else failure = { cell: told.cell, kind: told.kind, text: told.text.trim() };
  });
  const native = keepLastLines(child.stderr!, child.stdout!);
  const code = await new Promise<number | null>((settle, fail) => {
    child.on("close", settle);
    child.on("error", (error) => (error.name === "AbortError" ? undefined : fail(error)));
  });
  if (failure !== null) return withNativeLines(failure, native());
  if (code === 0 && isDone) return null;
  if (options.signal?.aborted) return { cell: 0, kind: "died", text: "Interrupted." };
  return { cell: 0, kind: "start", text: native() || `The notebook's process ended with code ${code}.` };
}

/** What the kernel process itself printed (TensorFlow's aborts, Python's traces): its last lines. */
function keepLastLines(...streams: readonly Readable[]): () => string {
  const kept: string[] = [];
  for (const stream of streams) {
    createInterface({ input: stream }).on("line", (line) => {
      kept.push(line);
      if (kept.length > 20) kept.shift();
    });
  }
  return () => kept.join("\n").trim();
}

function withNativeLines(failure: NotebookFailure, native: string): NotebookFailure {
  return failure.kind === "died" && native !== ""
    ? { ...failure, text: `${failure.text}\n${native}` }
    : failure;
}

/** Where the kernel works: the notebook's folder inside the checkout; for others the checkout, so that `affectlab` is found. */
function kernelFolder(input: string): string {
  const folder = dirname(resolve(input));
  const isInside = !relative(packageRoot, folder).startsWith("..");
  return isInside ? folder : packageRoot;
}
