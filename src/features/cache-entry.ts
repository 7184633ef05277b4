import { crc32 } from "node:zlib";
import type { Features } from "./feature-spec.js";

// Header, little-endian like the values: "AFLF", format, frames, bands, CRC-32 of the values, 4 bytes of zero.
const magic = 0x464c4641;
const format = 1;
const headerBytes = 24;

/** The bytes of a cache entry: a header of 24 bytes, then the values as 32-bit floats. */
export function encodeEntry(features: Features): Uint8Array {
  const { values, frames, bands } = features;
  const body = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const bytes = new Uint8Array(headerBytes + body.length);
  const header = new DataView(bytes.buffer);
  [magic, format, frames, bands, crc32(body)].forEach((word, i) => {
    header.setUint32(4 * i, word, true);
  });
  bytes.set(body, headerBytes);
  return bytes;
}

/**
 * The features in a cache entry, or null when the bytes are no whole entry: cut off, altered, of another format.
 * The values are a view into `bytes` where its alignment allows.
 */
export function decodeEntry(bytes: Uint8Array): Features | null {
  if (bytes.length < headerBytes) return null;
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const [first, second, frames, bands, checksum] = [0, 4, 8, 12, 16].map((at) =>
    header.getUint32(at, true),
  ) as [number, number, number, number, number];
  const body = bytes.subarray(headerBytes);
  if (first !== magic || second !== format || body.length !== 4 * frames * bands) return null;
  if (crc32(body) !== checksum) return null;
  const aligned = body.byteOffset % 4 === 0 ? body : new Uint8Array(body);
  return { values: new Float32Array(aligned.buffer, aligned.byteOffset, frames * bands), frames, bands };
}
