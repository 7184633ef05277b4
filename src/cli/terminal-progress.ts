import { formatSeconds, type ProgressListener, type ProgressState } from "../core/progress.js";
import { oneLine } from "../core/shown-text.js";

/** Progress on a terminal or, where nobody watches, as lines; `close` leaves the cursor on a fresh line. */
export interface TerminalProgress {
  readonly listener: ProgressListener;
  close(): void;
}

type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Milliseconds between two lines where there is no terminal. */
const lineEveryMs = 10_000;

/**
 * Shows progress on `stream`: a bar that is redrawn in place on a terminal, else a line at the start and the end of each
 * task and every ten seconds between. Epochs are one task.
 */
export async function openProgress(
  stream: Stream = process.stderr,
  now: () => number = Date.now,
): Promise<TerminalProgress> {
  return stream.isTTY === true ? await openBar(stream) : openLines(stream, now);
}

async function openBar(stream: Stream): Promise<TerminalProgress> {
  const { default: cliProgress } = await import("cli-progress");
  let bar: InstanceType<typeof cliProgress.SingleBar> | null = null;
  let task = "";
  const close = (): void => {
    bar?.stop();
    bar = null;
  };
  return {
    close,
    listener(state) {
      if (kindOf(state) !== task) close();
      task = kindOf(state);
      if (bar === null) {
        bar = new cliProgress.SingleBar(
          {
            format: "{task} {bar} {percentage}%{facts}",
            stream,
            fps: 8,
            barsize: 24,
            linewrap: false,
            emptyOnZero: true,
          },
          cliProgress.Presets.shades_classic,
        );
        bar.start(state.total, 0, { task: state.task, facts: "" });
      }
      bar.setTotal(state.total);
      bar.update(state.done, { task: state.task, facts: factsOf(state) });
    },
  };
}

function openLines(stream: Stream, now: () => number): TerminalProgress {
  let task = "";
  let lastMs = 0;
  return {
    close() {},
    listener(state) {
      const isNew = kindOf(state) !== task;
      if (!isNew && (state.done < state.total || state.done === 0) && now() - lastMs < lineEveryMs) return;
      task = kindOf(state);
      lastMs = now();
      const share = state.total > 0 ? ` (${Math.floor((100 * state.done) / state.total)}%)` : "";
      const count =
        state.total > 0 ? `: ${state.done} of ${state.total}` : state.done > 0 ? `: ${state.done}` : "";
      stream.write(`${state.task}${count}${share}${factsOf(state)}\n`);
    },
  };
}

/** A task without its numbers, so that "epoch 3 of 60" goes on where "epoch 2 of 60" was. */
function kindOf({ task }: ProgressState): string {
  return task.replace(/\d+/g, "#");
}

function factsOf({ task, total, rate, etaSeconds, note }: ProgressState): string {
  const isBytes = total > 1e6;
  const unit = task.startsWith("epoch") || task.includes("features") ? "clips/s" : "/s";
  const digits = rate < 10 ? 1 : 0;
  const speed =
    rate === 0 ? "" : isBytes ? `${(rate / 1e6).toFixed(1)} MB/s` : `${rate.toFixed(digits)} ${unit}`;
  const eta = etaSeconds > 0 ? `${formatSeconds(etaSeconds)} to go` : "";
  const facts = [speed, oneLine(note), eta].filter((text) => text !== "");
  return facts.length === 0 ? "" : `, ${facts.join(", ")}`;
}
