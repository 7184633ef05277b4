/** A flag that asks long work to end after its current step and to keep what it has reached. */
export interface StopSignal {
  readonly requested: boolean;
  request(): void;
  /** Forgets an earlier request and stops listening to signals. */
  release(): void;
}

/**
 * A stop signal that Ctrl-C (SIGINT; also the stop button of a notebook) and SIGTERM set. A second SIGINT while
 * the first is still being answered ends the process at once, as people expect of Ctrl-C.
 */
export function listenForStop(signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM"]): StopSignal {
  let requested = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (requested && signal === "SIGINT") process.exit(130);
    requested = true;
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    get requested() {
      return requested;
    },
    request() {
      requested = true;
    },
    release() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
