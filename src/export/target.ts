import type { StopSignal } from "../core/stop-signal.js";
import type { Graph } from "./graph.js";
import type { ExportPrecision } from "./stored-constants.js";

export const exportTargets = ["tfjs", "onnx", "tflite"] as const;
export type ExportTargetName = (typeof exportTargets)[number];

/** An exported model as it runs where it will be used. */
export interface Runtime {
  /** With its version: `ONNX Runtime 1.23.2`. */
  readonly name: string;
  /** The calibrated probabilities of a sound of `exportedSamples`. */
  hear(samples: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** A world that a model can be carried over to. */
export interface ExportTarget {
  readonly name: ExportTargetName;
  readonly title: string;
  /** Writes the model's files into an empty folder. Throws LabError when what it needs is not installed, InterruptedError when stopped. */
  write(graph: Graph, precision: ExportPrecision, folder: string, stop?: StopSignal): Promise<void>;
  /** Opens what `write` has written, in the target's own runtime. */
  open(folder: string): Promise<Runtime>;
}
