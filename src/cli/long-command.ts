import type { ProgressListener } from "../core/progress.js";
import type { StopSignal } from "../core/stop-signal.js";

/** What long work is given: where it tells of itself, and what stops it. */
export interface CommandWork {
  readonly listener: ProgressListener;
  readonly stop: StopSignal;
}

/** Runs long work with progress on standard error, ended by Ctrl-C and SIGTERM after its current step. */
export async function withProgress<Result>(run: (work: CommandWork) => Promise<Result>): Promise<Result> {
  const { openProgress } = await import("./terminal-progress.js");
  const { listenForTermination } = await import("./termination.js");
  const progress = await openProgress();
  const stop = listenForTermination();
  try {
    return await run({ listener: progress.listener, stop });
  } finally {
    progress.close();
    stop.release();
  }
}
