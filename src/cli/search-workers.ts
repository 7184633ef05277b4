import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { InterruptedError, LabError } from "../core/errors.js";
import { exitCodes } from "./exit-codes.js";
import { listenForTermination } from "./termination.js";

/**
 * Runs this very command in several processes, each with its share of the processor, and waits for all of them. Their
 * lines of standard error come out here with the worker's number in front. Throws InterruptedError when stopped, LabError
 * when one of them failed; the others go on to the end.
 */
export async function runWorkers(workers: number): Promise<void> {
  const threads = String(Math.max(1, Math.floor(availableParallelism() / workers)));
  const env = { OMP_NUM_THREADS: threads, TF_NUM_INTRAOP_THREADS: threads, ...process.env };
  const [bin, ...given] = process.argv.slice(1) as [string, ...string[]];
  const args = [...given.filter((argument) => argument !== "--json"), "--workers", "1"];
  // Detached: Ctrl-C comes here alone and is handed on once, as a second one would end a worker at once.
  const children = Array.from({ length: workers }, () =>
    fork(bin, args, { env, detached: true, stdio: ["ignore", "ignore", "pipe", "ipc"] }),
  );
  children.forEach((child, i) => {
    createInterface({ input: child.stderr! }).on("line", (line) => {
      process.stderr.write(`worker ${i + 1}: ${line}\n`);
    });
  });
  const stop = listenForTermination();
  const handOn = (signal: NodeJS.Signals): void => {
    for (const child of children) child.kill(signal);
  };
  process.on("SIGINT", handOn).on("SIGTERM", handOn);
  try {
    const codes = await Promise.all(children.map(codeOf));
    if (stop.requested)
      throw new InterruptedError("Stopped; every trial is kept.", "Start it again to go on.");
    const failed = codes.filter((code) => code !== exitCodes.success).length;
    if (failed > 0)
      throw new LabError(
        `${failed} of ${workers} workers failed; what they said stands above.`,
        "The same command goes on with what is left.",
      );
  } finally {
    process.off("SIGINT", handOn).off("SIGTERM", handOn);
    stop.release();
  }
}

function codeOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", resolve);
  });
}
