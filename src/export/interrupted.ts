import { InterruptedError } from "../core/errors.js";
import type { StopSignal } from "../core/stop-signal.js";

/** What an export that was stopped ends with. */
export function exportInterrupted(): InterruptedError {
  return new InterruptedError("The export was interrupted; nothing was written.", "Run it again.");
}

/** Throws InterruptedError once a stop was asked for. */
export function throwIfExportStopped(stop: StopSignal | undefined): void {
  if (stop?.requested === true) throw exportInterrupted();
}
