import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root, storeFolder } from "./places.mjs";
import { capture } from "./run-command.mjs";
import { isPythonFit, versionNumbers } from "./versions.mjs";

/**
 * @typedef {object} Python an interpreter that was found
 * @property {string} command
 * @property {string} version
 * @property {boolean} hasVenv whether it can make an environment with pip inside by itself
 */

/** The C++ compiler: $CXX, g++, clang++ or c++, whichever runs first; null when none does. */
export function findCompiler() {
  const candidates = [process.env.CXX, "g++", "clang++", "c++"];
  for (const command of candidates) {
    if (!command) continue;
    const tried = capture(command, ["--version"]);
    if (tried.ok) return { command, version: tried.out.split("\n")[0] ?? "" };
  }
  return null;
}

/**
 * Every Python on the PATH that runs, fit or not; $AFFECTLAB_PYTHON alone when it is set.
 * @returns {Python[]}
 */
export function findPythons() {
  const wish = process.env.AFFECTLAB_PYTHON;
  const candidates = wish
    ? [wish]
    : ["python3", "python3.12", "python3.11", "python3.13", "python3.10", "python"];
  /** @type {Python[]} */
  const found = [];
  for (const command of candidates) {
    // ensurepip is what Debian leaves out of python3 until python3-venv is installed.
    const probe =
      "import sys; print(sys.version.split()[0])\ntry:\n import venv, ensurepip; print(1)\nexcept ImportError:\n print(0)";
    const tried = capture(command, ["-c", probe]);
    if (!tried.ok) continue;
    const [version = "", venv] = tried.out.split("\n");
    if (versionNumbers(version)[0] === 3) found.push({ command, version, hasVenv: venv === "1" });
  }
  return found;
}

/**
 * The Python to build on: the first fit one that has venv, else the first fit one, else null.
 * @param {readonly Python[]} pythons
 */
export function choosePython(pythons) {
  const fit = pythons.filter((python) => isPythonFit(python.version));
  return fit.find((python) => python.hasVenv) ?? fit[0] ?? null;
}

/** The tool that makes the environment: conda's family where present, else uv, else null (venv and pip). */
export function findEnvironmentTool() {
  const wish = process.env.AFFECTLAB_ENVIRONMENT_TOOL;
  const tools = /** @type {const} */ (["mamba", "micromamba", "conda", "uv"]);
  if (wish === "venv") return null;
  for (const tool of tools) {
    if (wish && wish !== tool) continue;
    if (capture(tool, ["--version"]).ok) return tool;
  }
  return null;
}

/** Free bytes where a path (or its nearest existing parent) lies. */
/** @param {string} path */
export function freeBytes(path) {
  let folder = path;
  while (!existsSync(folder)) folder = dirname(folder);
  const disk = statfsSync(folder);
  return disk.bavail * disk.bsize;
}

/**
 * Whether files can be written in a folder (or, when it is absent, whether it can be made). Leaves nothing behind.
 * @param {string} folder
 */
export function isWritable(folder) {
  let parent = folder;
  while (!existsSync(parent)) parent = dirname(parent);
  const probe = join(parent, `.affectlab-${process.pid}`);
  try {
    mkdirSync(probe);
    writeFileSync(join(probe, "probe"), "x");
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

/** The C library's version where it is glibc, else null (musl, as on Alpine; TensorFlow has no build for it). */
export function readGlibc() {
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (
    /** @type {unknown} */ (process.report?.getReport())
  );
  return report?.header?.glibcVersionRuntime ?? null;
}

/** Whether npm reaches its registry through whatever proxy and mirror it is set to. */
export function isNpmReachable() {
  const asked = capture("npm", ["view", "tslab", "version", "--fetch-retries=0"], { timeoutSeconds: 60 });
  // An answer that is an error (a mirror that lacks the page) is still an answer.
  return (
    asked.ok ||
    !/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|ENETUNREACH|EIDLETIMEOUT/.test(asked.err)
  );
}

/**
 * Whether the Python package index answers, asked by pip or uv's own interpreter so that proxies and mirrors count.
 * @param {string | null} python
 */
export function isPypiReachable(python) {
  if (python === null) return true;
  const probe = [
    "import os, ssl, sys, urllib.request, urllib.error",
    "index = os.environ.get('PIP_INDEX_URL') or os.environ.get('UV_INDEX_URL') or os.environ.get('UV_DEFAULT_INDEX') or 'https://pypi.org/simple'",
    "try:",
    "    urllib.request.urlopen(index.rstrip('/') + '/nbclient/', timeout=20)",
    "except urllib.error.HTTPError: pass",
    "except urllib.error.URLError as error:",
    "    sys.exit(0 if isinstance(error.reason, ssl.SSLError) else 1)",
  ].join("\n");
  return capture(python, ["-c", probe], { timeoutSeconds: 60 }).ok;
}

/** Free space and rights at the two places that set-up writes to. */
export function surveyPlaces() {
  const store = storeFolder();
  return {
    rootFree: freeBytes(root),
    rootWritable: isWritable(root),
    store,
    storeWritable: isWritable(store),
  };
}
