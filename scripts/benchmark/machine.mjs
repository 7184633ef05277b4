// Where it was measured.

import { availableParallelism, cpus, release, totalmem } from "node:os";
import { compiled } from "./compiled.mjs";

/** @type {typeof import("../../src/core/graphics-card.js")} */
const { graphicsCard } = compiled("core/graphics-card");

/** @param {string} device where TensorFlow computes: "GPU" or "CPU" */
export function describeMachine(device) {
  const card = device === "GPU" ? graphicsCard() : null;
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    gpu: device === "GPU" ? (card === null ? "GPU" : `${card.name}, driver ${card.driver}`) : null,
  };
}
