import { cpus, totalmem } from "node:os";
import { graphicsCard } from "../core/graphics-card.js";
import type { Settings } from "../core/settings.js";
import { deviceName, loadTensorFlow, tensorFlowVersion } from "../core/tensorflow.js";
import { showTable } from "./display.js";

/**
 * The first cell of every notebook: loads TensorFlow, and shows what runs on what, so that a reader can tell why their
 * numbers of seconds differ. Names the graphics card when TensorFlow computes on it.
 */
export function showSetup(settings: Settings): void {
  const { version_core: tfjs } = loadTensorFlow();
  const processors = cpus();
  const device = deviceName() === "GPU" ? (graphicsCard()?.name ?? "a graphics card") : "the processor";
  showTable([
    { what: "profile", value: settings.profile },
    { what: "seed", value: String(settings.seed) },
    { what: "computes on", value: device },
    { what: "processor", value: `${processors[0]?.model.trim() ?? "unknown"}, ${processors.length} cores` },
    { what: "memory", value: `${Math.round(totalmem() / 2 ** 30)} GiB` },
    { what: "Node", value: process.versions.node },
    { what: "TensorFlow", value: `${tensorFlowVersion()}, tfjs ${tfjs}` },
  ]);
}
