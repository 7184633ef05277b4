/** One state of something long, for whoever shows it: a terminal's bar, a notebook's line, a test. */
export interface ProgressState {
  /** What is being done: "featurise", "epoch 3 of 60". */
  readonly task: string;
  readonly done: number;
  readonly total: number;
  /** Items a second since the start, and seconds still to go; both 0 until known. */
  readonly rate: number;
  readonly etaSeconds: number;
  /** Free text beside the bar, such as "loss 1.23, validation UAR 61.0%". */
  readonly note: string;
}

/** Receives progress; called often, so it must be cheap or throttle itself. */
export type ProgressListener = (state: ProgressState) => void;

/** Counts items of a task and tells the listener rate and time to go. `now` gives milliseconds; tests pass their own. */
export function trackProgress(
  task: string,
  total: number,
  listener?: ProgressListener,
  now: () => number = Date.now,
) {
  const start = now();
  let done = 0;
  return {
    /** Adds finished items and tells the listener. */
    advance(items = 1, note = ""): void {
      done += items;
      if (listener === undefined) return;
      const seconds = (now() - start) / 1000;
      const rate = seconds > 0 ? done / seconds : 0;
      listener({ task, done, total, rate, etaSeconds: rate > 0 ? (total - done) / rate : 0, note });
    },
  };
}

/** Seconds as people say them: "42 s", "3 min 05 s", "1 h 07 min". */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const pad = (value: number): string => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}
