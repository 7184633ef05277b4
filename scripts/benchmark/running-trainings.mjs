// Nothing can be measured beside a training.
import { spawnSync } from "node:child_process";
import { SetupError } from "../setup/setup-error.mjs";
import { compiled } from "./compiled.mjs";

/** @type {typeof import("../../src/training/running.js")} */
const { listRunning } = compiled("training/running");

/**
 * Throws a SetupError that names every training on this machine: those of this store, whoever trains them (a
 * notebook's kernel too), and `affectlab train` with whatever store.
 * @param {import("../../src/core/settings.js").Settings} settings
 */
export async function refuseDuringTraining(settings) {
  const known = await listRunning(settings);
  const found = [
    ...known.map(({ hash, model, pid }) => `process ${pid} trains ${model}, run ${hash}`),
    ...trainingCommands(listProcesses())
      .filter(({ pid }) => known.every((run) => run.pid !== pid))
      .map(({ pid, command }) => `process ${pid}: ${command}`),
  ];
  if (found.length === 0) return;
  throw new SetupError(
    `A training is going on, and what is measured beside it means nothing:\n  ${found.join("\n  ")}`,
    "Wait until it has ended, or stop it (Ctrl-C keeps what it has reached), then measure.",
  );
}

function listProcesses() {
  return spawnSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" }).stdout ?? "";
}

/**
 * The commands `affectlab train` among lines of "pid command line".
 * @param {string} processes
 */
export function trainingCommands(processes) {
  return processes
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, command]) => ({ pid: Number(pid), command: String(command) }))
    .filter(({ command }) => /^\S*node\s.*affectlab(\.cjs)?\s(.*\s)?train(\s|$)/.test(command));
}
