import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { places, root } from "../setup/places.mjs";
import { SetupError } from "../setup/setup-error.mjs";

const here = join(root, "scripts", "benchmark");

/**
 * Runs a script of this folder in a process of its own; gives the JSON on the last line of its output.
 * @param {string} interpreter Node's or Python's path
 * @param {string} script
 * @param {readonly string[]} args
 * @returns {any}
 */
export function runOnce(interpreter, script, args = []) {
  const isNode = script.endsWith(".mjs");
  const start = isNode ? ["--require", places.nodeCompat] : [];
  const done = spawnSync(interpreter, [...start, join(here, script), ...args], {
    encoding: "utf8",
    env: { ...process.env, PYTHONPATH: here },
    maxBuffer: 2 ** 26,
  });
  if (done.status !== 0) throw new SetupError(`${script} failed:\n${done.stderr.trim().slice(-4000)}`);
  return JSON.parse(/** @type {string} */ (done.stdout.trim().split("\n").at(-1)));
}
