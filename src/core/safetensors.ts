import { LabError } from "./errors.js";
import { halfToSingle, singleToHalf } from "./half-precision.js";

/** A named array of numbers with its shape, as a file of weights holds it. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a safetensors file holds: arrays, and texts that describe them. */
export interface TensorFile {
  readonly arrays: readonly NamedArray[];
  readonly metadata: Readonly<Record<string, string>>;
}

const headerLengthBytes = 8;
const longestHeaderBytes = 100 * 1024 * 1024;

/**
 * Writes arrays in the safetensors format (https://github.com/huggingface/safetensors), as float32 or rounded to float16:
 * a length, a JSON header that gives each array's type, shape and place, then the numbers, little-endian.
 */
export function encodeSafetensors(
  { arrays, metadata }: TensorFile,
  dtype: "F32" | "F16" = "F32",
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const { name, shape, values } of arrays) {
    const begin = end;
    end += dtype === "F16" ? values.byteLength / 2 : values.byteLength;
    header[name] = { dtype, shape, data_offsets: [begin, end] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8; // keeps the numbers aligned; the format pads with spaces
  const bytes = new Uint8Array(headerLengthBytes + padded + end).fill(
    0x20,
    headerLengthBytes,
    headerLengthBytes + padded,
  );
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(text, headerLengthBytes);
  let offset = headerLengthBytes + padded;
  for (const { values } of arrays) {
    const { buffer, byteOffset, byteLength } = dtype === "F16" ? singleToHalf(values) : values;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
    offset += byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file of float32 or float16 arrays, or those of its arrays that `wanted` names; float16 becomes
 * float32. Throws LabError naming the file and the reason when it is cut off, not of this format, or holds another type
 * of number.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  name: string,
  wanted: (array: string) => boolean = () => true,
): TensorFile {
  const fail = (reason: string): never => {
    throw new LabError(
      `${name} cannot be read as safetensors: ${reason}.`,
      "Delete it, or restore it from where it came.",
    );
  };
  if (bytes.byteLength < headerLengthBytes) fail("it is shorter than the header's length");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  const start = headerLengthBytes + headerBytes;
  if (headerBytes > longestHeaderBytes || start > bytes.byteLength) fail("its header reaches past the end");
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(headerLengthBytes, start))) as Record<
      string,
      unknown
    >;
  } catch {
    return fail("its header is not JSON");
  }
  if (header === null || typeof header !== "object" || Array.isArray(header)) fail("its header is no object");
  const arrays: NamedArray[] = [];
  for (const [key, entry] of Object.entries(header)) {
    if (key === "__metadata__" || !wanted(key)) continue;
    const {
      dtype,
      shape,
      data_offsets: place,
    } = (entry ?? {}) as { dtype?: string; shape?: number[]; data_offsets?: number[] };
    if (!isShape(shape) || !isShape(place) || place.length !== 2)
      return fail(`the entry ${key} has no shape or place`);
    const width =
      dtype === "F32" ? 4 : dtype === "F16" ? 2 : fail(`${key} holds ${String(dtype)}, not F32 or F16`);
    const [begin, end] = place as [number, number];
    const size = shape.reduce((product, length) => product * length, 1);
    if (end - begin !== size * width || start + end > bytes.byteLength)
      fail(`${key} does not fit: the file is cut off or damaged`);
    // A copy with a buffer of its own, aligned. Not slice(): a Node Buffer's slice shares the whole file's buffer.
    const data = new Uint8Array(bytes.subarray(start + begin, start + end));
    arrays.push({
      name: key,
      shape,
      values: width === 4 ? new Float32Array(data.buffer) : halfToSingle(new Uint16Array(data.buffer)),
    });
  }
  const metadata = (header.__metadata__ ?? {}) as Record<string, string>;
  return { arrays, metadata };
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}
