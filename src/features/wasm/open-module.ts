const pageBytes = 65_536;

/**
 * Opens instances of a module with so much memory at least, compiled once; null where there is no WebAssembly, or none
 * with vectors.
 */
export function moduleOpener<Module extends { readonly memory: WebAssembly.Memory }>(
  assemble: () => Uint8Array<ArrayBuffer>,
): (bytes: number) => Module | null {
  let compiled: WebAssembly.Module | null = null;
  return (bytes) => {
    if (typeof WebAssembly === "undefined") return null;
    try {
      compiled ??= new WebAssembly.Module(assemble());
      const module = new WebAssembly.Instance(compiled).exports as unknown as Module;
      growTo(module.memory, bytes);
      return module;
    } catch (error) {
      if (error instanceof WebAssembly.CompileError) return null;
      throw error;
    }
  };
}

/** Makes a memory hold so many bytes; views of it are to be made anew. */
export function growTo(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
}
