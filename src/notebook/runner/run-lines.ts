import { basename } from "node:path";
import { formatSeconds } from "../../core/progress.js";
import type { NotebookResult, RunListener } from "./run-notebooks.js";

/**
 * Tells a terminal (or a log) how notebooks come along: on a terminal one line that is rewritten, elsewhere a line a
 * cell; then a line for each finished notebook.
 */
export function tellRuns(stream: NodeJS.WriteStream, now: () => number = Date.now): RunListener {
  const isTerminal = Boolean(stream.isTTY);
  const running = new Map<string, string>();
  const starts = new Map<string, number>();
  const clear = (): void => {
    if (isTerminal) stream.write("\r\u001b[2K");
  };
  return {
    started(path) {
      starts.set(path, now());
    },
    cell(path, _cell, done, total) {
      const seconds = formatSeconds((now() - (starts.get(path) ?? now())) / 1000);
      const text = `${basename(path, ".ipynb")}: cell ${done + 1} of ${total}, ${seconds}`;
      running.set(path, text);
      if (!isTerminal) {
        stream.write(`  ${text}\n`);
        return;
      }
      clear();
      const all = [...running.values()].join("   ");
      stream.write(`  ${all}`.slice(0, (stream.columns ?? 80) - 1));
    },
    finished(result) {
      running.delete(result.path);
      clear();
      stream.write(`${describeResult(result)}\n`);
    },
  };
}

/** What is said about a finished notebook: its name and time, or its name, the cell's number and the error. */
export function describeResult(result: NotebookResult): string {
  const name = basename(result.path);
  const seconds = formatSeconds(result.seconds);
  if (result.failure === null) {
    const warning = result.warning === null ? "" : `\n    ${result.warning}`;
    return `✓ ${name}  ${seconds}${warning}`;
  }
  const { cell, kind, text } = result.failure;
  const place = cell === 0 ? "" : `, cell ${cell}`;
  const what = {
    error: "failed",
    unawaited: "threw an error that nothing awaits",
    timeout: "ran out of time",
    died: "ended with its kernel",
    start: "could not be executed",
    finish: "was executed, but not kept,",
  }[kind];
  const lines = text.split("\n").map((line) => `    ${line}`);
  return `✗ ${name}${place}: ${what} after ${seconds}\n${lines.join("\n")}\n    Executed so far: ${result.executed}`;
}
