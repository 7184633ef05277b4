import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/**
 * JSON with the keys of every object sorted, so that equal values give equal text. Undefined members are
 * left out, as in JSON.stringify; a number that JSON cannot hold (NaN, Infinity) throws a RangeError.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new RangeError(`canonicalJson: ${value} has no JSON form`);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** SHA-256 of bytes or of UTF-8 text, in hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** The hash that names a specification (features, a run): 16 hexadecimal digits of its canonical JSON's SHA-256. */
export function specHash(spec: unknown): string {
  return sha256(canonicalJson(spec)).slice(0, 16);
}

/** SHA-256 of a file's content, read in pieces. Throws the file system's error when it cannot be read. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  return hash.digest("hex");
}
