// Starts the product's own commands, ends them, and sees to it that none of them outlives the drill.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What every process that the drill starts has in its environment, and those that these start. */
const mark = `AFFECTLAB_DRILL=${process.pid}.${Date.now()}`;

/**
 * @typedef {object} Ended
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {string} stdout
 * @property {string} stderr
 * @property {number} seconds
 */

/**
 * @typedef {object} StartOptions
 * @property {"affectlab" | "nbconvert-runner"} [program]
 * @property {Record<string, string>} [env]
 * @property {readonly string[]} [prefix] a command that runs it, such as setpriv with its options
 * @property {string} [node] another Node than this one
 */

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();

/**
 * @param {import("./laboratory.mjs").Workplace} place
 * @param {readonly string[]} args
 * @param {StartOptions} [options]
 */
export function start({ home, root }, args, options = {}) {
  const { program = "affectlab", env = {}, prefix = [], node = process.execPath } = options;
  const [name, value] = mark.split("=");
  const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith("AFFECTLAB_"));
  const [command, ...rest] = [...prefix, node, join(root, "bin", `${program}.cjs`), ...args];
  const began = performance.now();
  const child = spawn(/** @type {string} */ (command), rest, {
    cwd: root,
    detached: true, // a group of its own, so that what it starts is ended with it
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      ...Object.fromEntries(inherited),
      AFFECTLAB_HOME: home,
      AFFECTLAB_PROFILE: "sample",
      TF_CPP_MIN_LOG_LEVEL: "3",
      ...env,
      [/** @type {string} */ (name)]: value,
    },
  });
  running.add(child);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  child.stdin.on("error", () => undefined); // it may have ended before it read all
  /** @type {Promise<Ended>} */
  const ended = once(child, "close").then(([code, signal]) => {
    running.delete(child);
    return { code, signal, stdout, stderr, seconds: (performance.now() - began) / 1000 };
  });
  return {
    child,
    ended,
    /** Where a service says that it answers. */
    address: () => /answers at (\S+)/.exec(stdout)?.[1] ?? "",
    /**
     * Resolves when it has said so on either stream, or has ended: true for the former.
     * @param {RegExp} pattern
     */
    async hasSaid(pattern) {
      while (!pattern.test(stdout + stderr)) {
        if (child.exitCode !== null || child.signalCode !== null) return false;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return true;
    },
    /** @param {NodeJS.Signals} signal to it and to what it has started in its group */
    signalGroup(signal) {
      signalGroup(child, signal);
    },
  };
}

/**
 * Runs a command to its end.
 * @param {import("./laboratory.mjs").Workplace} place
 * @param {readonly string[]} args
 * @param {StartOptions} [options]
 */
export async function runToEnd(place, args, options) {
  const { child, ended } = start(place, args, options);
  child.stdin.end();
  return await ended;
}

/**
 * Runs a command and kills it (SIGKILL, with all that it started) after so many seconds; `signal` of the answer is null
 * when it had ended by itself before.
 * @param {import("./laboratory.mjs").Workplace} place
 * @param {readonly string[]} args
 * @param {number} seconds
 * @param {StartOptions} [options]
 */
export async function runAndKill(place, args, seconds, options) {
  const { child, ended, signalGroup: kill } = start(place, args, options);
  child.stdin.end();
  const timer = setTimeout(() => kill("SIGKILL"), seconds * 1000);
  const answer = await ended;
  clearTimeout(timer);
  const survivors = await waitForDescendants(10);
  return { ...answer, survivors };
}

/**
 * Waits until what a killed command had started (a notebook's kernel) has ended too. Gives the processes that have not
 * after so many seconds, and ends them.
 * @param {number} seconds
 */
async function waitForDescendants(seconds) {
  const until = Date.now() + 1000 * seconds;
  for (;;) {
    const left = descendants();
    if (left.length === 0) return [];
    if (Date.now() > until) {
      for (const { pid } of left) kill(pid, "SIGKILL");
      return left.map(({ command }) => command);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The processes that carry this drill's mark, whoever their parent is now. Linux alone; elsewhere none. */
function descendants() {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const isOurs = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(mark);
        const isKept = [...running].some((child) => child.pid === Number(pid));
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim();
        return isOurs && !isKept && command !== "" ? [{ pid: Number(pid), command }] : [];
      } catch {
        return []; // it has ended meanwhile, or is another user's
      }
    });
}

/** Ends everything that this drill has started. */
export function endAll() {
  for (const child of running) signalGroup(child, "SIGKILL");
  for (const { pid } of descendants()) kill(pid, "SIGKILL");
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  if (child.pid !== undefined) kill(-child.pid, signal);
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
function kill(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended meanwhile
  }
}
