import { readFileSync } from "node:fs";
import { capture } from "./run-command.mjs";
import { isAtLeast } from "./versions.mjs";

/** CUDA 12 runs on this driver and later (NVIDIA's table of minor-version compatibility). */
export const oldestDriver = "525.60";

/**
 * @typedef {object} BuildChoice which build of TensorFlow is installed
 * @property {"cpu" | "cuda"} flavour
 * @property {string} reason one sentence for the person at the terminal
 */

/**
 * Chooses TensorFlow's build: CUDA where an NVIDIA driver new enough is present or AFFECTLAB_CUDA=1 asks for it,
 * the CPU build otherwise. A pure function: `driver` is the driver's version or null, `wish` is AFFECTLAB_CUDA.
 * @param {{ driver: string | null, wish?: string | undefined }} machine
 * @returns {BuildChoice}
 */
export function chooseBuild({ driver, wish }) {
  if (wish === "0") return { flavour: "cpu", reason: "CPU build of TensorFlow, because AFFECTLAB_CUDA=0." };
  if (wish === "1") {
    const what = driver === null ? "no NVIDIA driver is present" : `NVIDIA driver ${driver}`;
    return { flavour: "cuda", reason: `CUDA build of TensorFlow, because AFFECTLAB_CUDA=1 (${what}).` };
  }
  if (driver === null) return { flavour: "cpu", reason: "No NVIDIA driver: CPU build of TensorFlow." };
  if (!isAtLeast(driver, oldestDriver)) {
    return {
      flavour: "cpu",
      reason: `NVIDIA driver ${driver} is too old for CUDA 12 (${oldestDriver} or later): CPU build of TensorFlow. Update the driver and run npm start again to use the GPU.`,
    };
  }
  return { flavour: "cuda", reason: `NVIDIA driver ${driver}: CUDA build of TensorFlow.` };
}

/**
 * The version in /proc/driver/nvidia/version, or null.
 * @param {string} text
 */
export function driverInProc(text) {
  return /Kernel Module.*?\s(\d+\.\d+(?:\.\d+)?)\s/.exec(text)?.[1] ?? null;
}

/** The NVIDIA driver's version, or null where there is none. */
export function readDriver() {
  const smi = capture("nvidia-smi", ["--query-gpu=driver_version", "--format=csv,noheader"]);
  const fromSmi = smi.ok ? /^\d+\.\d+(\.\d+)?/m.exec(smi.out)?.[0] : undefined;
  if (fromSmi) return fromSmi;
  try {
    return driverInProc(readFileSync("/proc/driver/nvidia/version", "utf8"));
  } catch {
    return null;
  }
}

/** The names of the NVIDIA cards, as the driver tells them. */
export function readCards() {
  const smi = capture("nvidia-smi", ["--query-gpu=name", "--format=csv,noheader"]);
  return smi.ok ? smi.out.split("\n").filter((line) => line.trim() !== "") : [];
}

/** This machine's choice. */
export function chooseBuildHere() {
  return chooseBuild({ driver: readDriver(), wish: process.env.AFFECTLAB_CUDA });
}
