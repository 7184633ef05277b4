import { readFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { halfToSingle } from "../core/half-precision.js";
import type { Features } from "./feature-spec.js";

// Header, little-endian like the values: "AFLF", format, frames, bands, CRC-32 of the values, 4 bytes of zero.
const magic = 0x464c4641;
const headerBytes = 24;

/** What the header's second word says of the values. */
const format = { single: 1, half: 2 };

/** The bytes of a cache entry: a header of 24 bytes, then the values as 32-bit floats. */
export function encodeEntry({ values, frames, bands }: Features): Uint8Array {
  return encode(values, format.single, frames, bands);
}

/**
 * The features in a cache entry, or null when the bytes are no whole entry: cut off, altered, of another format.
 * The values are a view into `bytes` where its alignment allows.
 */
export function decodeEntry(bytes: Uint8Array): Features | null {
  const entry = decode(bytes, format.single, 4);
  if (entry === null) return null;
  const { body, frames, bands } = entry;
  return { values: new Float32Array(body.buffer, body.byteOffset, frames * bands), frames, bands };
}

/** An entry of half the size: the values as 16-bit floats, given as their bits. */
export function encodeHalfEntry(halves: Uint16Array, frames: number, bands: number): Uint8Array {
  return encode(halves, format.half, frames, bands);
}

/** Features that take half the memory: each look at `values` makes the 32-bit floats anew. */
export function decodeHalfEntry(bytes: Uint8Array): Features | null {
  const entry = decode(bytes, format.half, 2);
  if (entry === null) return null;
  const { body, frames, bands } = entry;
  const halves = new Uint16Array(body.buffer, body.byteOffset, frames * bands);
  return {
    get values() {
      return halfToSingle(halves);
    },
    frames,
    bands,
  };
}

function encode(values: Float32Array | Uint16Array, kind: number, frames: number, bands: number): Uint8Array {
  const body = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const bytes = new Uint8Array(headerBytes + body.length);
  const header = new DataView(bytes.buffer);
  [magic, kind, frames, bands, crc32(body)].forEach((word, i) => {
    header.setUint32(4 * i, word, true);
  });
  bytes.set(body, headerBytes);
  return bytes;
}

/** The values' bytes, aligned, and their shape; null when the bytes are no whole entry of that kind. */
function decode(
  bytes: Uint8Array,
  kind: number,
  valueBytes: number,
): { body: Uint8Array; frames: number; bands: number } | null {
  if (bytes.length < headerBytes) return null;
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const [first, second, frames, bands, checksum] = [0, 4, 8, 12, 16].map((at) =>
    header.getUint32(at, true),
  ) as [number, number, number, number, number];
  const body = bytes.subarray(headerBytes);
  if (first !== magic || second !== kind || body.length !== valueBytes * frames * bands) return null;
  if (crc32(body) !== checksum) return null;
  return { body: body.byteOffset % valueBytes === 0 ? body : new Uint8Array(body), frames, bands };
}

/** Reads an entry and decodes it; null where there is none, or `decode` finds it cut off or altered. */
export async function readEntry(
  path: string,
  decode: (bytes: Uint8Array) => Features | null,
): Promise<Features | null> {
  try {
    return decode(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
