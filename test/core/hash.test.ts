import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, sha256, sha256OfFile, specHash } from "../../src/core/hash.js";
import { temporaryFolder } from "../temporary-folder.js";

/** The same value with the members of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

describe("canonical JSON", () => {
  it("does not depend on the order of members, and reads back as the value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as unknown; // -0 is 0 in JSON
        expect(canonicalJson(reversed(plain))).toBe(canonicalJson(plain));
        expect(JSON.parse(canonicalJson(plain))).toEqual(plain);
      }),
    );
  });

  it("keeps the order of lists and leaves out undefined members", () => {
    expect(canonicalJson({ b: [2, 1], a: undefined, c: { z: null, y: "é" } })).toBe(
      '{"b":[2,1],"c":{"y":"é","z":null}}',
    );
    expect(canonicalJson([undefined, 1])).toBe("[null,1]");
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses %s, wherever it stands", (value) => {
    expect(() => canonicalJson({ a: [{ b: value }] })).toThrow(RangeError);
  });
});

describe("hashes", () => {
  it("are SHA-256: the standard's own example", () => {
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256(Uint8Array.of(97, 98, 99))).toBe(sha256("abc"));
  });

  it("of a file equal those of its bytes, beyond one piece of reading", async () => {
    const bytes = Buffer.alloc(200_000, "affect");
    const path = join(temporaryFolder("hash"), "file");
    writeFileSync(path, bytes);
    expect(await sha256OfFile(path)).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("of a specification are 16 digits that any change of a value changes", () => {
    const spec = { model: "resnet", options: { channels: [16, 32], seed: 0 } };
    expect(specHash(spec)).toMatch(/^[0-9a-f]{16}$/);
    expect(specHash({ options: { seed: 0, channels: [16, 32] }, model: "resnet" })).toBe(specHash(spec));
    expect(specHash({ ...spec, options: { channels: [32, 16], seed: 0 } })).not.toBe(specHash(spec));
  });
});
