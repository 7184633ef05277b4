import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { places } from "../places.mjs";

export const kernelFile = join(places.jupyter, "kernels", "tslab", "kernel.json");
const labSettings = join(places.jupyter, "lab", "settings", "overrides.json");

/**
 * The kernel as Jupyter starts it: this Node and this checkout's tslab by absolute path, so that nothing depends
 * on the PATH (what `tslab install` writes does).
 */
export function kernelSpec() {
  return {
    argv: [
      process.execPath,
      "--require",
      places.nodeCompat,
      "--require",
      places.kernelParent,
      "--require",
      places.kernelWatch,
      join(places.modules, "tslab", "bin", "tslab"),
      "kernel",
      "--config-path",
      "{connection_file}",
    ],
    display_name: "TypeScript (affectlab)",
    language: "typescript",
    interrupt_mode: "signal",
    env: { TF_CPP_MIN_LOG_LEVEL: "3" },
    metadata: { debugger: false },
  };
}

/**
 * JupyterLab's defaults here: no question about news, no look for updates, and patience with the kernel's first
 * completion, which reads every type of the project (2-3 s; JupyterLab drops what takes longer than 1 s). A user's own
 * settings win.
 */
const labDefaults = {
  "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
  "@jupyterlab/completer-extension:manager": { providerTimeout: 15000 },
};

const files = [
  { path: kernelFile, content: () => toText(kernelSpec()) },
  { path: labSettings, content: () => toText(labDefaults) },
];

/** @param {unknown} value */
function toText(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** @param {string} path */
function readOrEmpty(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** @type {import("../prepare.mjs").Step} */
export const kernel = {
  name: "Notebook kernel",
  isDone() {
    return files.every(({ path, content }) => readOrEmpty(path) === content());
  },
  async run() {
    for (const { path, content } of files) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content());
    }
    return `TypeScript on Node ${process.version}`;
  },
};
