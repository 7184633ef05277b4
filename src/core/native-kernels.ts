// Kernels of this project's own (native/) that stand beside TensorFlow's in its library, by the names of their ops.
// Whoever loads the library fills the list; in a page it stays empty.

const loaded = new Set<string>();
let areLeftOut = false;

/** Says that an op of this name can be run from now on. */
export function addNativeKernel(name: string): void {
  loaded.add(name);
}

/** Whether TensorFlow has this project's op of that name in this process. */
export function hasNativeKernel(name: string): boolean {
  return loaded.has(name) && !areLeftOut;
}

/** Runs `work` as where no native kernel is loaded, to compare. */
export function withoutNativeKernels<T>(work: () => T): T {
  const before = areLeftOut;
  areLeftOut = true;
  try {
    return work();
  } finally {
    areLeftOut = before;
  }
}
