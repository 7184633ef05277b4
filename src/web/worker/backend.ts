import * as tf from "@tensorflow/tfjs";
import plainUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simdUrl from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import { messageOf } from "../../core/errors.js";
import { type BackendName, backendNames } from "../messages.js";

/**
 * Makes tfjs compute on the named backend, or on the quickest that is there and computes right. Gives its name. Throws
 * an Error when there is none.
 */
export async function openBackend(wanted: BackendName | null): Promise<BackendName> {
  if (wanted !== null) {
    await start(wanted);
    return wanted;
  }
  const reasons: string[] = [];
  for (const name of backendNames) {
    try {
      if (!(await isWorthwhile[name]())) continue;
      await start(name);
      return name;
    } catch (error) {
      reasons.push(`${name}: ${messageOf(error)}`);
    }
  }
  throw new Error(reasons.join("; "));
}

async function start(name: BackendName): Promise<void> {
  await register[name]();
  if (!(await tf.setBackend(name))) throw new Error("it does not start");
  await tf.ready();
  if (!computesRight()) throw new Error("its numbers are not precise enough");
}

/** Each backend's code is fetched only where it is used. */
const register: Readonly<Record<BackendName, () => Promise<unknown>>> = {
  webgpu: () => import("@tensorflow/tfjs-backend-webgpu"),
  webgl: () => import("@tensorflow/tfjs-backend-webgl"),
  async wasm() {
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    // Threads want headers that a plain host of files does not send, and gain little on a small network.
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
    setWasmPaths({
      "tfjs-backend-wasm.wasm": plainUrl,
      "tfjs-backend-wasm-simd.wasm": simdUrl,
      "tfjs-backend-wasm-threaded-simd.wasm": simdUrl,
    });
  },
};

/** A graphics card that is only imitated by the processor is slower than WebAssembly. */
const isWorthwhile: Readonly<Record<BackendName, () => boolean | Promise<boolean>>> = {
  async webgpu() {
    const { gpu } = navigator as { readonly gpu?: { requestAdapter(): Promise<Adapter | null> } };
    const adapter = (await gpu?.requestAdapter()) ?? null;
    return adapter !== null && adapter.info?.isFallbackAdapter !== true;
  },
  webgl() {
    if (typeof OffscreenCanvas === "undefined") return false;
    const canvas = new OffscreenCanvas(1, 1);
    return canvas.getContext("webgl2", { failIfMajorPerformanceCaveat: true }) !== null;
  },
  wasm: () => typeof WebAssembly === "object",
};

/** What of WebGPU's adapter is asked; TypeScript's library does not know it yet. */
interface Adapter {
  readonly info?: { readonly isFallbackAdapter?: boolean };
}

/** Some graphics cards compute in half precision, which would give other probabilities than anywhere else. */
function computesRight(): boolean {
  const numbers = Float32Array.from({ length: 64 }, (_, i) => 1 + i / 4096);
  const expected = numbers.reduce((sum, value) => sum + value * value, 0);
  const [found] = tf.tidy(() => {
    const row = tf.tensor2d(numbers, [1, 64]);
    return tf.matMul(row, row, false, true).dataSync();
  });
  return Math.abs(found! - expected) < 1e-3;
}
