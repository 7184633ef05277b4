// Where set-up finds and puts things. Only node: built-ins: these scripts run before any package is installed.
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout: the folder of package.json. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

export const places = {
  root,
  modules: join(root, "node_modules"),
  /** What set-up notes about node_modules; goes when node_modules goes. */
  moduleStamps: join(root, "node_modules", ".affectlab"),
  venv: join(root, ".venv"),
  python: join(root, ".venv", "bin", "python"),
  jupyter: join(root, ".venv", "share", "jupyter"),
  dist: join(root, "dist"),
  build: join(root, "build"),
  logs: join(root, "build", "logs"),
  notebooks: join(root, "notebooks"),
  executed: join(root, "build", "notebooks"),
  reports: join(root, "build", "reports"),
  tensorflowPackage: join(root, "node_modules", "@tensorflow", "tfjs-node-gpu"),
  /** This project's own kernels: their sources, and the addon that is compiled from them. */
  nativeSources: join(root, "native"),
  nativeKernels: join(root, "build", "native", "kernels.node"),
  /** Puts back what tfjs-node 4.22 misses on Node 23 and later. */
  nodeCompat: join(root, "bin", "node-compat.cjs"),
  /** Ends a kernel whose parent is gone. */
  kernelParent: join(root, "bin", "kernel-parent.cjs"),
  /** Lets files appear beside a running notebook. */
  kernelWatch: join(root, "bin", "kernel-watch.cjs"),
};

/** The store of corpora, caches and runs, outside the checkout. */
export function storeFolder() {
  return resolve(process.env.AFFECTLAB_HOME || join(homedir(), ".cache", "affectlab"));
}
