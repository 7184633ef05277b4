import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { environmentPython } from "../../core/environment-python.js";
import { LabError } from "../../core/errors.js";
import { packageRoot } from "../../core/settings.js";

/** A Python process that keeps an Optuna study (scripts/python/optuna_study.py): one request at a time, one answer each. */
export interface OptunaProcess {
  /** Sends a request and gives its answer. Throws LabError for a refusal, and when the process has ended. */
  ask(op: string, parameters?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Ends the process; a trial that it still has goes back to the study. */
  close(): Promise<void>;
}

/** Starts the process. Throws LabError where there is no Python environment. */
export function startOptuna(): OptunaProcess {
  const script = join(packageRoot, "scripts", "python", "optuna_study.py");
  // In a process group of its own: Ctrl-C is for this process to answer, which then gives the trial back.
  const child = spawn(environmentPython(), [script], { stdio: ["pipe", "pipe", "pipe"], detached: true });
  child.stdin.on("error", () => undefined); // a process that has ended is told of by its missing answer
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const lastWords = keepLastLines(child);
  let turn: Promise<unknown> = Promise.resolve();
  const exchange = async (request: string): Promise<unknown> => {
    child.stdin.write(`${request}\n`);
    const { value, done } = await answers.next();
    if (done === true) throw ended(lastWords());
    const answer = JSON.parse(value) as { error?: { problem: string; remedy: string } };
    if (answer.error !== undefined) throw new LabError(answer.error.problem, answer.error.remedy);
    return answer;
  };
  return {
    ask(op, parameters = {}) {
      const answer = turn.then(() => exchange(JSON.stringify({ op, ...parameters })));
      turn = answer.catch(() => undefined);
      return answer;
    },
    async close() {
      await turn;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, "exit");
      child.stdin.end();
      await exit;
    },
  };
}

function ended(words: string): LabError {
  return new LabError(
    `The process that keeps the study has ended${words === "" ? "" : `: ${words}`}.`,
    "The same command goes on from here; `affectlab doctor` tells what is missing.",
  );
}

function keepLastLines({ stderr }: ChildProcess): () => string {
  let last = "";
  createInterface({ input: stderr! }).on("line", (line) => {
    if (line.trim() !== "") last = line.trim();
  });
  return () => last;
}
