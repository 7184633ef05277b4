import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../core/errors.js";
import { packageRoot } from "../core/settings.js";
import type { ModelFacts, WorkerMessage, WorkerSettings } from "./messages.js";

const startLimitMs = 120_000;

/** Begins a process that answers (prediction-worker.ts). Throws LabError where it is not compiled. */
export function startWorkerProcess(): ChildProcess {
  const file = join(packageRoot, "dist", "service", "prediction-worker.js");
  if (!existsSync(file)) throw new LabError(`The compiled worker ${file} is missing.`, "Run: npm run build");
  return fork(file, {
    serialization: "advanced",
    execArgv: ["--require", join(packageRoot, "bin", "node-compat.cjs")],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

/** Waits until a process has loaded its model. Throws LabError when it cannot, or cannot be started. */
export function greet(child: ChildProcess, { model, protocol, root }: WorkerSettings): Promise<ModelFacts> {
  return new Promise((resolve, reject) => {
    const fail = (message: string, remedy?: string): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new LabError(message, remedy));
    };
    const onExit = (code: number | null): void =>
      fail(`The process that answers ended as it began (${code ?? "by a signal"}).`, "Run `npm run doctor`.");
    const onError = (error: Error | null): void => {
      if (error === null) return;
      fail(
        `The process that answers cannot be started: ${error.message}.`,
        "End other programs, or see ulimit.",
      );
    };
    const timer = setTimeout(
      () => fail(`The model was not loaded within ${startLimitMs / 1000} s.`, "Try again with less load."),
      startLimitMs,
    );
    child.once("exit", onExit);
    child.once("error", onError); // a fork that fails has no exit
    child.once("message", (message: WorkerMessage) => {
      child.off("exit", onExit);
      child.off("error", onError);
      clearTimeout(timer);
      if (message.kind === "ready") resolve(message.facts);
      else fail(message.kind === "unusable" ? message.message : "The process that answers spoke too early.");
    });
    child.send(
      { kind: "start", settings: { model, root, ...(protocol !== undefined && { protocol }) } },
      onError,
    );
  });
}
