/** The time that a task has. */
export interface TaskLimit {
  /** Begins it, or begins it anew. */
  start(): void;
  /** Gives it more, counted from its beginning; nothing where it does not run. */
  extend(ms: number): void;
  /** The task is done. */
  stop(): void;
}

/** A time of `limitMs` milliseconds; `onEnd` is told how many it came to with what was added. */
export function openTaskLimit(limitMs: number, onEnd: (allowedMs: number) => void): TaskLimit {
  let [allowedMs, since] = [limitMs, 0];
  let timer: NodeJS.Timeout | null = null;
  const stop = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const run = (): void => {
    stop();
    timer = setTimeout(() => onEnd(allowedMs), since + allowedMs - performance.now());
  };
  return {
    stop,
    start() {
      since = performance.now();
      run();
    },
    extend(ms) {
      if (timer === null) return;
      allowedMs += ms;
      run();
    },
  };
}
