import { InterruptedError } from "../core/errors.js";
import type { ProgressListener } from "../core/progress.js";
import type { StopSignal } from "../core/stop-signal.js";

/** How something long tells of itself and is stopped. */
export interface LongWork {
  readonly listener?: ProgressListener | undefined;
  readonly stop?: StopSignal | undefined;
}

/** Throws InterruptedError once a stop was asked for. */
export function throwIfStopped(work: LongWork, what: string): void {
  if (work.stop?.requested === true) {
    throw new InterruptedError(`${what} was interrupted.`, "Run it again to go on; what is done stays.");
  }
}
