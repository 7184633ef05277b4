import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { places } from "../places.mjs";
import { capture, runCommand } from "../run-command.mjs";
import { SetupError } from "../setup-error.mjs";
import { hashFiles, hashTexts, readStamp, writeStamp } from "../stamps.mjs";
import { findCompiler } from "../survey.mjs";

/** What this step notes when it is done; whatever is compiled against TensorFlow depends on it. */
export const tensorflowStamp = join(places.moduleStamps, "tensorflow.json");
const log = join(places.logs, "tensorflow.log");
/** N-API 8: one addon serves Node 20, 22, 24 and 26. */
export const addon = join(places.tensorflowPackage, "lib", "napi-v8", "tfjs_binding.node");

/** @type {import("../prepare.mjs").Step} */
export const tensorflow = {
  name: "TensorFlow",
  isDone() {
    if (!existsSync(addon) || !existsSync(places.python) || !areLinked()) return false;
    return readStamp(tensorflowStamp) === currentKey();
  },
  async run(_context, note) {
    const library = findLibrary();
    linkPackages();
    linkLibrary(library.folder);
    await compileAddon(library, note);
    note("loading it");
    const version = tryAddon(library.cudaFolders);
    writeStamp(tensorflowStamp, currentKey(), { tensorflow: version });
    return `TensorFlow ${version}`;
  },
};

/** The addon is made anew when its sources, the environment (so TensorFlow) or the checkout's place change. */
function currentKey() {
  const sources = hashFiles([join(places.tensorflowPackage, "binding")]);
  return hashTexts([sources, readStamp(join(places.venv, ".affectlab.json")) ?? "", places.root, "1"]);
}

/** Where the wheel lies, and the folders of the CUDA libraries that came with it by pip (none in the CPU build). */
export function findLibrary() {
  const asked = capture(places.python, ["-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]);
  const folder = join(asked.out, "tensorflow");
  if (!asked.ok || !existsSync(join(folder, "libtensorflow_cc.so.2"))) {
    throw new SetupError(
      `TensorFlow's library is not in ${folder}.`,
      "Remove the folder .venv and run again: the Python environment is then made afresh.",
    );
  }
  return { folder, cudaFolders: cudaFoldersOf(asked.out) };
}

/**
 * The library folders of pip's nvidia-* packages.
 * @param {string} sitePackages
 * @returns {string[]}
 */
export function cudaFoldersOf(sitePackages) {
  const nvidia = join(sitePackages, "nvidia");
  if (!existsSync(nvidia)) return [];
  return readdirSync(nvidia)
    .map((name) => join(nvidia, name, "lib"))
    .filter((folder) => existsSync(folder))
    .sort();
}

const links = [
  // danfojs asks for tfjs-node; npm lays a second copy without an addon there. One TensorFlow in the process, not two.
  { path: join(places.modules, "@tensorflow", "tfjs-node"), target: "tfjs-node-gpu" },
  // A notebook in any folder of the checkout finds `import { … } from "affectlab"`.
  { path: join(places.modules, "affectlab"), target: ".." },
];

function areLinked() {
  return links.every(({ path, target }) => {
    try {
      return readlinkSync(path) === target;
    } catch {
      return false;
    }
  });
}

function linkPackages() {
  for (const { path, target } of links) link(target, path);
}

/** @param {string} tensorflowFolder */
function linkLibrary(tensorflowFolder) {
  const deps = join(places.tensorflowPackage, "deps");
  mkdirSync(join(deps, "lib"), { recursive: true });
  mkdirSync(join(places.tensorflowPackage, "lib", "napi-v8"), { recursive: true });
  link(join(tensorflowFolder, "include"), join(deps, "include"));
  link(join(tensorflowFolder, "libtensorflow_cc.so.2"), join(deps, "lib", "libtensorflow.so"));
  link(
    join(tensorflowFolder, "libtensorflow_framework.so.2"),
    join(deps, "lib", "libtensorflow_framework.so"),
  );
}

/**
 * Makes a symbolic link in place of whatever has its name.
 * @param {string} target
 * @param {string} path
 */
function link(target, path) {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isSymbolicLink() && readlinkSync(path) === target) return;
  if (there !== undefined) rmSync(path, { recursive: true, force: true });
  symlinkSync(target, path);
}

/**
 * Compiles the N-API addon: one call of the compiler, no node-gyp and no Node headers (node-api-headers has them).
 * @param {{ folder: string, cudaFolders: string[] }} library
 * @param {(text: string) => void} note
 */
async function compileAddon({ folder, cudaFolders }, note) {
  const compiler = findCompiler();
  if (compiler === null)
    throw new SetupError("There is no C++ compiler.", "Install g++ or clang++ and run again.");
  const binding = join(places.tensorflowPackage, "binding");
  const sources = readdirSync(binding).filter((name) => name.endsWith(".cc"));
  const deps = join(places.tensorflowPackage, "deps");
  note(`compiling ${sources.length} files`);
  const part = `${addon}.part`;
  await runCommand(
    compiler.command,
    [
      ...["-O2", "-std=c++17", "-shared", "-fPIC", "-DNAPI_VERSION=8"],
      ...["-I", join(places.modules, "node-api-headers", "include")],
      ...["-I", join(deps, "include"), "-I", places.tensorflowPackage],
      ...sources.map((name) => join(binding, name)),
      ...["-L", join(deps, "lib"), "-ltensorflow", "-ltensorflow_framework"],
      // Absolute run paths: the wheel finds its CUDA libraries relative to itself, the addon finds the wheel here.
      ...[folder, ...cudaFolders].map((path) => `-Wl,-rpath,${path}`),
      ...["-o", part],
    ],
    { log },
  );
  renameSync(part, addon);
}

/**
 * Loads the compiled addon in a process of its own, multiplies two numbers, and gives TensorFlow's version.
 * @param {readonly string[]} cudaFolders
 */
function tryAddon(cudaFolders) {
  const missing = [addon, ...cudaFolders.flatMap(librariesIn)].flatMap(missingLibraries);
  if (missing.length > 0) {
    throw new SetupError(
      `TensorFlow's addon does not find ${[...new Set(missing)].join(", ")}.`,
      "Remove the folder .venv and run again; if it stays, npm run doctor tells more.",
    );
  }
  const loaded = loadTensorFlow();
  if (loaded.version === null) {
    throw new SetupError(
      `TensorFlow's addon does not load: ${loaded.error}`,
      `See ${log} and npm run doctor.`,
    );
  }
  return loaded.version;
}

/**
 * The shared libraries of a folder, with their paths.
 * @param {string} folder
 * @returns {string[]}
 */
function librariesIn(folder) {
  return readdirSync(folder)
    .filter((name) => /\.so(\.|$)/.test(name))
    .map((name) => join(folder, name));
}

/**
 * The libraries that the dynamic linker does not find for a file. The driver's own libcuda is not counted: it comes
 * with the driver, and the CUDA build may be installed on a machine without a GPU.
 * @param {string} path
 * @returns {string[]}
 */
export function missingLibraries(path) {
  const lines = capture("ldd", [path]).out.split("\n");
  const missing = lines
    .filter((line) => line.includes("not found"))
    .map((line) => line.trim().split(" ")[0] ?? "");
  return missing.filter((name) => name !== "libcuda.so.1");
}

/**
 * TensorFlow's version as the loaded addon tells it and the devices it sees, or the reason why it does not load.
 * @returns {{ version: string | null, device: string, error: string }}
 */
export function loadTensorFlow() {
  const code =
    'const tf = require("@tensorflow/tfjs-node-gpu"); const four = tf.mul(2, 2).dataSync()[0];' +
    " const backend = tf.backend(); const version = four === 4 ? backend.binding.TF_Version : null;" +
    ' console.log(JSON.stringify({ version, device: backend.isUsingGpuDevice ? "gpu" : "cpu" }));';
  const asked = capture(process.execPath, ["--require", places.nodeCompat, "-e", code], {
    timeoutSeconds: 120,
    env: { TF_CPP_MIN_LOG_LEVEL: "3" },
  });
  try {
    const told = JSON.parse(asked.out.split("\n").pop() ?? "");
    return { version: told.version, device: told.device, error: "" };
  } catch {
    const reason = asked.err.split("\n").find((line) => /error/i.test(line)) ?? asked.err.slice(0, 300);
    return { version: null, device: "", error: reason.trim() };
  }
}
