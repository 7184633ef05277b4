import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { deviceName } from "./tensorflow.js";

/** Flags of /proc/cpuinfo that stand for bf16 arithmetic: without one TensorFlow's kernels have no bf16, or a slow one. */
const processorFlags = ["avx512_bf16", "amx_bf16"];

/** NVIDIA's first generation with bf16 (Ampere). */
const lowestComputeCapability = 8;

/** What computes bf16 natively here, of the device that TensorFlow computes on: "avx512_bf16, amx_bf16"; null if nothing. */
export function findBfloat16(): string | null {
  if (deviceName() === "GPU") return bfloat16OfCard(askComputeCapability());
  try {
    return bfloat16OfProcessor(readFileSync("/proc/cpuinfo", "utf8"));
  } catch {
    return null; // not a Linux: nothing is known, so float32
  }
}

/** The bf16 instructions that the text of a /proc/cpuinfo names; null for none. */
export function bfloat16OfProcessor(cpuinfo: string): string | null {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/));
  return processorFlags.filter((flag) => flags.has(flag)).join(", ") || null;
}

/** "compute capability 9.0" where that has bf16; null for an older card or an answer that is none. */
export function bfloat16OfCard(computeCapability: string): string | null {
  return Number.parseFloat(computeCapability) >= lowestComputeCapability
    ? `compute capability ${computeCapability}`
    : null;
}

function askComputeCapability(): string {
  const { stdout } = spawnSync("nvidia-smi", ["--query-gpu=compute_cap", "--format=csv,noheader"], {
    encoding: "utf8",
  });
  return (stdout ?? "").split("\n")[0]!.trim();
}
