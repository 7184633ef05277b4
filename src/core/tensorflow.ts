import { existsSync } from "node:fs";
import { join } from "node:path";
import util from "node:util";
import type * as tfjs from "@tensorflow/tfjs";
import { LabError, messageOf } from "./errors.js";
import { addNativeFunctions, type NativeFunctions } from "./native-functions.js";
import { addNativeKernel } from "./native-kernels.js";
import { packageRoot } from "./settings.js";

/**
 * Puts back the two functions that tfjs-node 4.22 calls, and that newer Nodes have removed or warn of.
 */
function restoreRemovedNodeFunctions(): void {
  const removed = util as unknown as Record<string, unknown>;
  removed.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  removed.isArray = Array.isArray;
}

/**
 * Loads TensorFlow's native library behind tfjs and makes it the backend of this process. Idempotent; Node only
 * (a page registers its own backend). Throws LabError when the addon has not been built.
 */
export function loadTensorFlow(): typeof tfjs {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
  // Off by default on processors without AVX-512, where it nearly doubles the speed of a convolution all the same.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= "1";
  // On a graphics card "float32" would mean TF32, a mantissa of 10 bits: float32 is what judges. bf16 is there for speed.
  process.env.NVIDIA_TF32_OVERRIDE ??= "0";
  // By default TensorFlow takes a card's whole memory, and a second notebook finds none.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= "true";
  restoreRemovedNodeFunctions();
  try {
    const tf = require("@tensorflow/tfjs-node-gpu") as typeof tfjs;
    loadNativeKernels(tf);
    return tf;
  } catch (error) {
    const addon = join(packageRoot, "node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node");
    const reason = existsSync(addon) ? messageOf(error) : "its addon is not built";
    throw new LabError(
      `TensorFlow cannot be loaded: ${reason}.`,
      "Run `npm start`, or `npm run doctor` to see what is missing.",
    );
  }
}

/** The addon that set-up compiles from native/, and the ops that it brings. */
export const nativeKernels = {
  path: join(packageRoot, "build", "native", "kernels.node"),
  ops: [
    "AffectlabBidirectionalLstm",
    "AffectlabBidirectionalLstmGrad",
    "AffectlabScaledGelu",
    "AffectlabScaledGeluGrad",
    "AffectlabLayerNorm",
    "AffectlabLayerNormGrad",
    "AffectlabConvolution",
    "AffectlabAdamW",
    "AffectlabAttention",
    "AffectlabAttentionGrad",
    "AffectlabNormRows",
    "AffectlabAddNormRows",
    "AffectlabNormRowsGrad",
    "AffectlabAddRows",
    "AffectlabSumRows",
    "AffectlabBiasGelu",
    "AffectlabBiasGeluGrad",
    "AffectlabBatchNorm",
    "AffectlabBatchNormGrad",
    "AffectlabResidualBatchNorm",
    "AffectlabResidualBatchNormGrad",
    "AffectlabSum",
  ],
  /** There where the processor has matrix tiles. */
  tileOps: ["AffectlabHalfConvolution", "AffectlabHalfConvolutionGrad"],
  /** There where the processor has AVX-512. */
  winogradOps: ["AffectlabWinograd", "AffectlabWinogradGrad"],
} as const;
let areNativeKernelsTried = false;

/**
 * Registers this project's own kernels with TensorFlow. They are for the processor; where they are absent, do not load,
 * or TensorFlow computes on a graphics card, TensorFlow's own do the same work.
 */
function loadNativeKernels(tf: typeof tfjs): void {
  if (areNativeKernelsTried) return;
  areNativeKernelsTried = true;
  const isOnCard = (tf.backend() as unknown as NativeBackend).isUsingGpuDevice;
  if (isOnCard || !existsSync(nativeKernels.path)) return;
  try {
    const has = require(nativeKernels.path) as NativeAddon;
    const { ops, tileOps, winogradOps } = nativeKernels;
    for (const op of [...ops, ...(has.hasTiles ? tileOps : []), ...(has.hasWinograd ? winogradOps : [])])
      addNativeKernel(op);
    addNativeFunctions(has);
  } catch (error) {
    process.emitWarning(`${messageOf(error)}: networks train slower. \`npm start\` compiles it anew.`);
  }
}

interface NativeAddon extends NativeFunctions {
  readonly hasTiles: boolean;
  readonly hasWinograd: boolean;
}

interface NativeBinding {
  readonly TF_Version: string;
}

interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: NativeBinding;
}

function nativeBackend(): NativeBackend {
  return loadTensorFlow().backend() as unknown as NativeBackend;
}

/** Where TensorFlow computes: "GPU" or "CPU". */
export function deviceName(): "GPU" | "CPU" {
  return nativeBackend().isUsingGpuDevice ? "GPU" : "CPU";
}

/** The version of TensorFlow's native library. */
export function tensorFlowVersion(): string {
  return nativeBackend().binding.TF_Version;
}
