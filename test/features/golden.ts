import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "..", "goldens", "features");

/** A golden file of scripts/goldens/features.py. */
export function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as T;
}

/** Base64 of little-endian 32-bit floats. */
export function unpackFloats(text: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(text, "base64")).buffer);
}

/** One of the goldens' sounds: chirp, vowel, silence-edges, short. */
export function goldenSound(name: string): Float32Array {
  const integers = new Int16Array(
    new Uint8Array(Buffer.from(readGolden<Record<string, string>>("sounds")[name]!, "base64")).buffer,
  );
  return Float32Array.from(integers, (value) => value / 32768);
}

/** The largest distance between two equally long arrays; NaN where one holds NaN, infinite for other lengths. */
export function largestDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const distance = Math.abs(a[i]! - b[i]!);
    if (!(distance <= largest)) largest = distance;
  }
  return largest;
}
