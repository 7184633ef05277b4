import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chooseBuildHere, readCards, readDriver } from "./gpu.mjs";
import { places, storeFolder } from "./places.mjs";
import { capture } from "./run-command.mjs";
import { compiled } from "./steps/compiled.mjs";
import { kernel } from "./steps/kernel.mjs";
import { nativeKernels } from "./steps/native-kernels.mjs";
import { npmPackages } from "./steps/npm-packages.mjs";
import { addon, loadTensorFlow, missingLibraries } from "./steps/tensorflow.mjs";
import { findCompiler, findEnvironmentTool, findPythons, freeBytes } from "./survey.mjs";
import { isNodeFit, isPythonFit, newestTriedNode, versionNumbers } from "./versions.mjs";

/**
 * One line of `npm run doctor`.
 * @typedef {object} Finding
 * @property {string} name
 * @property {"good" | "note" | "bad"} state bad: the laboratory cannot be used until it is mended
 * @property {string} found
 * @property {string} [remedy]
 * @property {unknown} [details] for --json
 */

const start = "Run npm start; it makes what is missing.";

/** @returns {Finding} */
function node() {
  const found = `${process.version} (${process.execPath})`;
  if (!isNodeFit(process.version)) {
    return {
      name: "Node",
      state: "bad",
      found,
      remedy: "Install Node 20.19 or later, 22.12 or later, or 24.",
    };
  }
  const isTried = (versionNumbers(process.version)[0] ?? 0) <= newestTriedNode;
  if (isTried) return { name: "Node", state: "good", found };
  return {
    name: "Node",
    state: "note",
    found,
    remedy: `Newer than what was tried (Node ${newestTriedNode}).`,
  };
}

/** @returns {Finding} */
function packages() {
  const isDone = npmPackages.isDone({ flavour: "cpu" });
  if (isDone) return { name: "npm packages", state: "good", found: "as package-lock.json lists them" };
  return { name: "npm packages", state: "bad", found: "missing or in other versions", remedy: start };
}

/** @returns {Finding} */
function python() {
  const environment = capture(places.python, ["-c", "import sys; print(sys.version.split()[0])"]);
  if (environment.ok) return { name: "Python", state: "good", found: `${environment.out} (.venv)` };
  const pythons = findPythons();
  const fit = pythons.filter((each) => isPythonFit(each.version));
  const tool = findEnvironmentTool();
  const found = pythons.map((each) => `${each.command} ${each.version}`).join(", ") || "none";
  const isReady = tool !== null || fit.some((each) => each.hasVenv);
  const remedy = isReady
    ? start
    : "Install Python 3.10 to 3.13 with venv (apt-get install python3 python3-venv), or uv.";
  return {
    name: "Python",
    state: "bad",
    found: `no .venv yet; ${tool ?? "no uv or conda"}; ${found}`,
    remedy,
  };
}

/** @returns {Finding} */
function compiler() {
  const found = findCompiler();
  if (found) return { name: "Compiler", state: "good", found: found.version };
  if (existsSync(addon))
    return { name: "Compiler", state: "note", found: "none; the addon is compiled already" };
  return { name: "Compiler", state: "bad", found: "none", remedy: "Install g++ (apt-get install g++)." };
}

/** @returns {Finding} */
function tensorflow() {
  if (!existsSync(addon))
    return { name: "TensorFlow", state: "bad", found: "not compiled yet", remedy: start };
  const missing = missingLibraries(addon);
  if (missing.length > 0) {
    const found = `libraries not found: ${missing.join(", ")}`;
    return { name: "TensorFlow", state: "bad", found, remedy: "Remove .venv and run npm start." };
  }
  const loaded = loadTensorFlow();
  if (loaded.version === null) {
    const remedy = `Remove ${addon} and run npm start.`;
    return { name: "TensorFlow", state: "bad", found: `does not load: ${loaded.error}`, remedy };
  }
  const found = `${loaded.version}, loads, computes on the ${loaded.device === "gpu" ? "GPU" : "processor"}`;
  return { name: "TensorFlow", state: "good", found, details: loaded };
}

/** Processor features that decide how fast training is. */
const features = ["fma", "avx2", "avx512f", "avx512_bf16", "amx_bf16"];

/**
 * Which of the features a /proc/cpuinfo names.
 * @param {string} cpuinfo
 */
export function processorFeatures(cpuinfo) {
  const flags = new Set(/^flags\s*:\s*(.*)$/m.exec(cpuinfo)?.[1]?.split(" ") ?? []);
  return features.filter((feature) => flags.has(feature));
}

/** @returns {Finding} */
function processor() {
  const cpuinfo = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
  const have = processorFeatures(cpuinfo);
  const model = /^model name\s*:\s*(.*)$/m.exec(cpuinfo)?.[1] ?? "unknown";
  const speed = have.some((feature) => feature.endsWith("bf16"))
    ? "bf16 instructions: trains in bf16 unless told otherwise (--precision)"
    : "no bf16 instructions: trains in float32";
  const details = {
    model,
    features: Object.fromEntries(features.map((each) => [each, have.includes(each)])),
  };
  return {
    name: "Processor",
    state: "good",
    found: `${model}; ${have.join(" ") || "no vector flags"}; ${speed}`,
    details,
  };
}

/** @returns {Finding} */
function gpu() {
  const driver = readDriver();
  const cards = readCards();
  const { flavour, reason } = chooseBuildHere();
  const found = driver === null ? "none" : `${cards.join(", ") || "card unknown"}, driver ${driver}`;
  return { name: "GPU", state: "good", found: `${found}. ${reason}`, details: { driver, cards, flavour } };
}

/** @returns {Finding} */
function code() {
  if (compiled.isDone({ flavour: "cpu" }))
    return { name: "Compiled code", state: "good", found: "up to date" };
  return { name: "Compiled code", state: "bad", found: "dist/ is missing or older than src/", remedy: start };
}

/** @returns {Finding} */
function ownKernels() {
  const name = "Native kernels";
  const problem = nativeKernels.problem();
  if (!nativeKernels.isDone({ flavour: "cpu" }))
    return { name, state: "note", found: "not compiled yet", remedy: start };
  if (problem === "") return { name, state: "good", found: "compiled from native/" };
  const remedy =
    "Training is slower without them. Install g++ or clang++, remove build/native and run npm start.";
  return { name, state: "note", found: `left out (${problem})`, remedy };
}

/** @returns {Finding} */
function notebookKernel() {
  if (kernel.isDone({ flavour: "cpu" }))
    return { name: "Kernel", state: "good", found: "tslab, TypeScript (affectlab)" };
  return { name: "Kernel", state: "bad", found: "not registered for this Node and checkout", remedy: start };
}

/** @returns {Finding} */
function corpora() {
  const folder = join(storeFolder(), "corpora");
  const names = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? [entry.name] : [],
      )
    : [];
  const found = `${names.join(", ") || "none"} in ${folder}`;
  const isReal = names.some((name) => name !== "sample");
  const remedy =
    "Real speech: npx affectlab corpora download NAME, or corpora import --from a folder that has it.";
  return {
    name: "Corpora",
    state: isReal ? "good" : "note",
    found,
    details: names,
    ...(isReal ? {} : { remedy }),
  };
}

/** @returns {Finding} */
function disk() {
  const gigabytes = freeBytes(storeFolder()) / 1e9;
  const found = `${gigabytes.toFixed(1)} GB free at ${storeFolder()}`;
  if (gigabytes >= 5) return { name: "Disk", state: "good", found };
  const remedy = "Caches and runs take several GB; free some space or set AFFECTLAB_HOME.";
  return { name: "Disk", state: gigabytes < 0.5 ? "bad" : "note", found, remedy };
}

/**
 * Everything the doctor looks at, in the order it is told.
 * @returns {Finding[]}
 */
export function examine() {
  const checks = [
    node,
    packages,
    python,
    compiler,
    tensorflow,
    ownKernels,
    processor,
    gpu,
    code,
    notebookKernel,
    corpora,
    disk,
  ];
  return checks.map((check) => check());
}
