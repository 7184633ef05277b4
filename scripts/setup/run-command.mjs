import { spawn, spawnSync } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname, relative } from "node:path";
import { root } from "./places.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * Runs a short command to its end and gives what it printed; never throws.
 * @param {string} command
 * @param {string[]} args
 * @param {{ timeoutSeconds?: number, env?: Record<string, string | undefined> }} [options]
 */
export function capture(command, args, { timeoutSeconds = 30, env } = {}) {
  const done = spawnSync(command, args, {
    encoding: "utf8",
    timeout: timeoutSeconds * 1000,
    cwd: root,
    env: { ...process.env, ...env },
  });
  const ok = done.error === undefined && done.status === 0;
  return { ok, out: (done.stdout ?? "").trim(), err: (done.stderr ?? "").trim(), status: done.status };
}

/**
 * Runs a long command: what it prints goes to a log file, and line by line to `onLine`. Resolves when it ends well;
 * throws a SetupError with its last lines and the log's place otherwise.
 * @param {string} command
 * @param {string[]} args
 * @param {{ log: string, env?: Record<string, string | undefined>, cwd?: string, onLine?: (line: string) => void }} options
 * @returns {Promise<void>}
 */
export function runCommand(command, args, { log, env, cwd = root, onLine }) {
  mkdirSync(dirname(log), { recursive: true });
  const file = createWriteStream(log, { flags: "a" });
  file.write(`$ ${[command, ...args].join(" ")}\n`);
  /** @type {string[]} */
  const last = [];
  let rest = "";
  /** @param {Buffer} chunk */
  const take = (chunk) => {
    file.write(chunk);
    const lines = (rest + chunk.toString("utf8")).split(/[\r\n]+/);
    rest = lines.pop() ?? "";
    for (const line of lines) tell(line);
  };
  /** @param {string} line */
  const tell = (line) => {
    if (line.trim() === "") return;
    last.push(line);
    if (last.length > 20) last.shift();
    // A package manager's warnings stay in the log; the line on the screen says what is being done.
    if (!/^\s*(npm )?warn(ing)?\b/i.test(line)) onLine?.(line);
  };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    /** @param {string} reason */
    const fail = (reason) => {
      tell(rest);
      const lines = last.map((line) => `    ${line}`).join("\n");
      reject(
        new SetupError(
          `${command} ${reason}. Its last lines:\n${lines}`,
          `The whole log: ${relative(root, log)}`,
        ),
      );
    };
    child.on("error", (error) => fail(`could not be started (${error.message})`));
    child.on("close", (code, signal) => {
      file.end();
      if (code === 0) {
        tell(rest);
        resolve();
      } else fail(signal ? `was ended by ${signal}` : `ended with code ${code}`);
    });
  });
}
