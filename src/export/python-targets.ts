import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Graph } from "./graph.js";
import { writeGraphFiles } from "./graph-files.js";
import { openScript, runScript } from "./python.js";
import type { ExportPrecision } from "./stored-constants.js";
import type { ExportTarget } from "./target.js";

/** ONNX: written operation by operation (the converters from Keras follow neither Keras 3 nor TensorFlow 2.21). */
export const onnxTarget: ExportTarget = {
  name: "onnx",
  title: "ONNX",
  write: (graph, precision, folder, stop) =>
    withGraphFiles(graph, precision, (files) =>
      runScript("write_onnx.py", [files, join(folder, "model.onnx")], stop),
    ),
  open: (folder) => openScript("run_onnx.py", join(folder, "model.onnx")),
};

/** TFLite: TensorFlow's own converter, which stores kernels in fewer bits itself. */
export const tfliteTarget: ExportTarget = {
  name: "tflite",
  title: "TFLite",
  write: (graph, precision, folder, stop) =>
    withGraphFiles(graph, "float32", (files) =>
      runScript("write_tflite.py", [files, join(folder, "model.tflite"), precision], stop),
    ),
  open: (folder) => openScript("run_tflite.py", join(folder, "model.tflite")),
};

async function withGraphFiles(
  graph: Graph,
  precision: ExportPrecision,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "affectlab-export-"));
  try {
    await writeGraphFiles(graph, precision, folder);
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
