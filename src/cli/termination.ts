import { listenForStop, type StopSignal } from "../core/stop-signal.js";
import { exitCodes } from "./exit-codes.js";

let received: NodeJS.Signals | null = null;

/**
 * The stop signal of a long command. The first SIGINT or SIGTERM is answered with one line, work ends after its
 * current step; a second SIGINT ends at once.
 */
export function listenForTermination(): StopSignal {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      received ??= signal;
      process.stderr.write("\nStopping after this step; press Ctrl-C again to end at once.\n");
    });
  }
  return listenForStop();
}

/** The exit code of interrupted work: by the signal that ended it. */
export function interruptionCode(): number {
  return received === "SIGTERM" ? exitCodes.terminated : exitCodes.interrupted;
}
