// A side of the comparison: a process that lives for the whole benchmark and computes only when asked, so that no two
// sides compete for the processor. Requests are lines of JSON on its stdin, answers lines of JSON on descriptor 3:
// libraries print what they like on the other two.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { SetupError } from "../setup/setup-error.mjs";

/** @typedef {ReturnType<typeof openSide>} Side */

/** Characters of a side's stderr that are kept for the day it fails. */
const keptCharacters = 4000;

/**
 * Starts a side.
 * @param {string} name
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Record<string, string>} [environment] added to this process's
 */
export function openSide(name, command, args, environment = {}) {
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  let said = "";
  const listen = (/** @type {unknown} */ chunk) => {
    said = (said + String(chunk)).slice(-keptCharacters);
  };
  child.stdout?.on("data", listen);
  child.stderr?.on("data", listen);
  /** @type {((line: string | null) => void) | null} */
  let waiting = null;
  const tell = (/** @type {string | null} */ line) => {
    waiting?.(line);
    waiting = null;
  };
  const answers = /** @type {import("node:stream").Readable} */ (child.stdio[3]);
  createInterface({ input: answers }).on("line", tell);
  child.stdin?.on("error", () => undefined); // it has ended: `exit` says so
  child.on("error", (error) => {
    said += error.message;
    tell(null);
  });
  child.on("exit", () => setImmediate(tell, null));

  /**
   * @param {Record<string, unknown>} request
   * @returns {Promise<any>} throws a SetupError when the side refuses or has ended
   */
  async function ask(request) {
    if (waiting !== null) throw new Error(`${name} was asked while it was computing`);
    const line = await new Promise((resolve) => {
      waiting = resolve;
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) tell(null);
      else child.stdin?.write(`${JSON.stringify(request)}\n`);
    });
    if (line === null) throw new SetupError(`The side ${name} has ended:\n${said.trim()}`);
    const answer = JSON.parse(line);
    if (answer.error !== undefined) throw new SetupError(`${name}, asked to ${request.do}: ${answer.error}`);
    return answer;
  }

  return {
    name,
    ask,
    close() {
      child.stdin?.end();
      child.kill();
    },
  };
}
