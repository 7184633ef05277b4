import { singleToHalf } from "../core/half-precision.js";
import type { Constant, Graph } from "./graph.js";

export const exportPrecisions = ["float32", "float16", "int8"] as const;
/** What the kernels of a network are stored in; everything is computed in float32. */
export type ExportPrecision = (typeof exportPrecisions)[number];

/** A constant as it is stored. */
export type StoredConstant = Pick<Constant, "name" | "shape"> &
  (
    | { readonly kind: "float32"; readonly values: Float32Array }
    | { readonly kind: "float16"; readonly halves: Uint16Array }
    /** Whole numbers from -127 to 127, each times the scale of its place on the last axis. */
    | { readonly kind: "int8"; readonly levels: Int8Array; readonly scales: Float32Array }
  );

/** Kernels in the given precision; everything else, the features' tables above all, in float32. */
export function storeConstants({ constants }: Graph, precision: ExportPrecision): StoredConstant[] {
  return constants.map((constant) => {
    const { name, shape, values, isWeight } = constant;
    if (!isWeight || precision === "float32") return { kind: "float32", name, shape, values };
    if (precision === "float16") return { kind: "float16", name, shape, halves: singleToHalf(values) };
    return { kind: "int8", name, shape, ...quantise(constant) };
  });
}

/**
 * Symmetric quantisation to 8 bits, a scale for each output channel: the channel's largest magnitude is level 127
 * (Jacob et al. 2018, as TFLite and ONNX Runtime have it for weights).
 */
function quantise({ values, shape }: Constant): { levels: Int8Array; scales: Float32Array } {
  const channels = shape.at(-1)!;
  const scales = new Float32Array(channels);
  values.forEach((value, i) => {
    const channel = i % channels;
    scales[channel] = Math.max(scales[channel]!, Math.abs(value) / 127);
  });
  for (let channel = 0; channel < channels; channel++) if (scales[channel] === 0) scales[channel] = 1;
  const levels = Int8Array.from(values, (value, i) => Math.round(value / scales[i % channels]!));
  return { levels, scales };
}
