// Fuzzing: a process a target changes inputs and keeps those that reach new code; this one watches it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { statusOf } from "../process-status.mjs";
import { places } from "../setup/places.mjs";
import { targets } from "./fuzz/targets.mjs";
import { drillFolder } from "./laboratory.mjs";
import { check, checkNone } from "./part.mjs";

/** No input may keep a process busy for so long; a process that gets no processor is not busy. */
const mostSeconds = 10;
const mostWaitSeconds = 60;
const mostMebibytes = 1024;

const program = join(places.root, "scripts", "drill", "fuzz", "run-target.mjs");
/** Kept from drill to drill, so that what is found can be looked at. */
const findingsFolder = join(drillFolder, "findings");

/** @type {readonly import("./part.mjs").Part[]} */
export const fuzzParts = Object.entries(targets).map(([name, { title }]) => ({
  name: `fuzz-${name}`,
  title: `Fuzzing: ${title}`,
  promise: `Whatever it is given is read or refused with a reason: nothing else is thrown, no process ends, none is busy for more than ${mostSeconds} s with one input or takes more than 1 GiB.`,
  run: (context) => fuzz(name, context),
}));

/**
 * @param {string} name
 * @param {import("./part.mjs").Context} context
 * @returns {Promise<import("./part.mjs").Findings>}
 */
async function fuzz(name, { laboratory, amounts, random, note }) {
  const kept = join(findingsFolder, name);
  rmSync(kept, { recursive: true, force: true });
  /** @type {{ crash: string[], busy: string[], memory: string[], thrown: string[] }} */
  const found = { crash: [], busy: [], memory: [], thrown: [] };
  let [executions, reached, inputs, peakMebibytes] = [0, 0, 0, 0];
  const until = Date.now() + 1000 * amounts.fuzzSeconds;
  for (let seconds = amounts.fuzzSeconds; seconds > 1; seconds = (until - Date.now()) / 1000) {
    const folder = laboratory.newFolder(`fuzz-${name}`);
    const watched = await watch([name, folder, String(seconds), String(random.below(2 ** 30))], folder, note);
    const report = readReport(folder);
    executions += report.executions;
    reached = Math.max(reached, report.places);
    inputs = Math.max(inputs, report.inputs);
    peakMebibytes = Math.max(peakMebibytes, watched.peakMebibytes);
    found.thrown.push(...report.findings.filter((one) => !found.thrown.includes(one)));
    keep(join(folder, "findings"), kept);
    if (watched.ended === "well") break;
    if (!existsSync(join(folder, "current"))) {
      found.crash.push(`before the first input: ${watched.detail}`);
      break;
    }
    // What a process was ended for may be the sum of what came before: the input has to do it alone.
    mkdirSync(kept, { recursive: true });
    const input = join(kept, `${watched.ended}-${Date.now()}.bin`);
    copyFileSync(join(folder, "current"), input);
    const alone = await watch([name, laboratory.newFolder("alone"), "0", "0", input], null, note);
    if (alone.ended !== "well") found[alone.ended].push(`${relative(places.root, input)} (${alone.detail})`);
    else rmSync(input);
  }
  return {
    checks: [
      checkNone("nothing but refusals was thrown", found.thrown),
      checkNone("no process ended", found.crash),
      checkNone(`no input kept a process busy for ${mostSeconds} s`, found.busy),
      checkNone("no input took more than 1 GiB", found.memory),
      check("inputs were run", executions > 0),
    ],
    notes: [
      `${executions} inputs in ${amounts.fuzzSeconds} s; ${inputs} of them kept, because they reached something new among ${reached} places of the code. The process took at most ${peakMebibytes} MiB.`,
    ],
  };
}

/**
 * Runs a fuzzing process and ends it when one input keeps it busy, or when it takes too much memory.
 * @param {readonly string[]} args
 * @param {string | null} folder
 * @param {(text: string) => void} note
 * @returns {Promise<{ ended: "well" | "crash" | "busy" | "memory", detail: string, peakMebibytes: number }>}
 */
async function watch(args, folder, note) {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", AFFECTLAB_HOME: args[1] },
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    complaints = (complaints + text).slice(-2000);
  });
  const exit = once(child, "exit");
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  let peakMebibytes = 0;
  /** @type {"busy" | "memory" | null} */
  let reason = null;
  let [input, sinceMs, sinceSeconds] = [0, Date.now(), 0];
  while (child.exitCode === null && child.signalCode === null) {
    await Promise.race([exit, sleep(100)]);
    peakMebibytes = Math.max(peakMebibytes, statusOf(child.pid, "VmHWM") / 1024);
    const current = join(args[1] ?? "", "current");
    const changed = existsSync(current) ? statSync(current).mtimeMs : 0;
    const busySeconds = processorSeconds(child.pid);
    if (changed !== input) [input, sinceMs, sinceSeconds] = [changed, Date.now(), busySeconds];
    const isBusy = busySeconds - sinceSeconds > mostSeconds || Date.now() - sinceMs > 1000 * mostWaitSeconds;
    if (input > 0 && isBusy) reason = "busy";
    else if (peakMebibytes > mostMebibytes) reason = "memory";
    if (reason !== null) break;
    if (folder !== null) note(`${readReport(folder).executions} inputs`);
  }
  if (reason !== null) kill();
  const [code, signal] = await exit;
  process.off("exit", kill);
  peakMebibytes = Math.round(peakMebibytes);
  if (reason === "busy") return { ended: "busy", detail: `for more than ${mostSeconds} s`, peakMebibytes };
  if (reason === "memory") return { ended: "memory", detail: `${peakMebibytes} MiB`, peakMebibytes };
  if (code === 0) return { ended: "well", detail: "", peakMebibytes };
  return { ended: "crash", detail: `${signal ?? code} ${complaints.slice(-200)}`, peakMebibytes };
}

/**
 * @param {string} folder
 * @returns {{ executions: number, inputs: number, places: number, findings: string[] }}
 */
function readReport(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, "report.json"), "utf8"));
  } catch {
    return { executions: 0, inputs: 0, places: 0, findings: [] };
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
function keep(from, to) {
  for (const name of existsSync(from) ? readdirSync(from) : []) {
    mkdirSync(to, { recursive: true });
    copyFileSync(join(from, name), join(to, name));
  }
}

/**
 * The processor's time that a process has had; 0 where the system does not tell.
 * @param {number | undefined} pid
 */
function processorSeconds(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100; // clock ticks: 100 a second on every Linux of ours
  } catch {
    return 0;
  }
}
