import { join } from "node:path";
import { writeFileAtomic, writeJson } from "../core/files.js";
import type { Graph } from "./graph.js";
import { type ExportPrecision, type StoredConstant, storeConstants } from "./stored-constants.js";

/**
 * A graph as two files that the scripts in scripts/python/export read: graph.json (the input, the output, operations, and
 * of each constant its name, shape, type and place) and graph.bin.
 */
export async function writeGraphFiles(
  graph: Graph,
  precision: ExportPrecision,
  folder: string,
): Promise<void> {
  const parts: Uint8Array[] = [];
  let offset = 0;
  const append = (array: Float32Array | Uint16Array | Int8Array): number => {
    const at = offset;
    const padding = (4 - (array.byteLength % 4)) % 4;
    parts.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), new Uint8Array(padding));
    offset += array.byteLength + padding;
    return at;
  };
  const place = ({ name, shape, ...stored }: StoredConstant): object => {
    const common = { name, shape, type: stored.kind };
    if (stored.kind === "float32") return { ...common, offset: append(stored.values) };
    if (stored.kind === "float16") return { ...common, offset: append(stored.halves) };
    return { ...common, offset: append(stored.levels), scales: append(stored.scales) };
  };
  const { input, output, operations } = graph;
  const constants = storeConstants(graph, precision).map(place);
  await writeFileAtomic(join(folder, "graph.bin"), Buffer.concat(parts));
  await writeJson(join(folder, "graph.json"), { input, output, operations, constants });
}
