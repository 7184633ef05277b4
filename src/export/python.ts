import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { environmentPython } from "../core/environment-python.js";
import { LabError } from "../core/errors.js";
import { packageRoot } from "../core/settings.js";
import type { StopSignal } from "../core/stop-signal.js";
import { emotions } from "../corpora/emotions.js";
import { exportInterrupted } from "./interrupted.js";
import type { Runtime } from "./target.js";

const scripts = join(packageRoot, "scripts", "python", "export");
const answerBytes = emotions.length * Float32Array.BYTES_PER_ELEMENT;
const environment = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "-1" };

/**
 * Runs a script of scripts/python/export to its end, which a requested stop brings about. Throws LabError with what it
 * complained of last, InterruptedError when stopped.
 */
export async function runScript(script: string, args: readonly string[], stop?: StopSignal): Promise<void> {
  const python = environmentPython();
  await new Promise<void>((done, fail) => {
    const options = { env: environment, maxBuffer: 64 * 2 ** 20 };
    const child = execFile(python, [join(scripts, script), ...args], options, (error, _stdout, stderr) => {
      clearInterval(looks);
      if (stop?.requested === true) fail(exportInterrupted());
      else if (error === null) done();
      else fail(scriptProblem(script, stderr));
    });
    const looks = setInterval(() => {
      if (stop?.requested === true) child.kill();
    }, 200);
  });
}

/** Starts a script that answers sounds one after another (scripts/python/export/serve_sounds.py). */
export async function openScript(script: string, path: string): Promise<Runtime> {
  const child = spawn(environmentPython(), [join(scripts, script), path], { env: environment });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-10_000);
  });
  child.stdin.on("error", () => undefined); // the end of the process is told of by the read that waits
  const read = reader(child, () => scriptProblem(script, complaints));
  const name = (await read((bytes) => bytes.indexOf("\n") + 1)).toString().trim();
  return {
    name,
    async hear({ buffer, byteOffset, byteLength }) {
      child.stdin.write(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
      const answer = await read((bytes) => (bytes.length >= answerBytes ? answerBytes : 0));
      return new Float32Array(new Uint8Array(answer).buffer);
    },
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await new Promise((ended) => child.once("exit", ended));
    },
  };
}

/** Reads as many bytes as `enough` says of those that have come; 0 stands for not yet. */
function reader(child: ChildProcessWithoutNullStreams, problem: () => LabError) {
  let bytes: Buffer = Buffer.alloc(0);
  let hasEnded = false;
  let wake: () => void = () => undefined;
  child.stdout.on("data", (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    wake();
  });
  child.on("close", () => {
    hasEnded = true;
    wake();
  });
  return async (enough: (bytes: Buffer) => number): Promise<Buffer> => {
    for (;;) {
      const count = enough(bytes);
      if (count > 0) {
        const taken = bytes.subarray(0, count);
        bytes = bytes.subarray(count);
        return taken;
      }
      if (hasEnded) throw problem();
      await new Promise<void>((woken) => {
        wake = woken;
      });
    }
  };
}

function scriptProblem(script: string, stderr: string): LabError {
  const lines = stderr.trim().split("\n");
  const missing = /No module named '([^']+)'/.exec(stderr)?.[1];
  if (missing !== undefined) {
    return new LabError(
      `The Python environment has no ${missing}.`,
      "Run npm start: it brings .venv up to date.",
    );
  }
  return new LabError(
    `scripts/python/export/${script} failed: ${lines.at(-1) || "it said nothing"}`,
    "Run npm run doctor; if nothing is amiss there, report this.",
  );
}
