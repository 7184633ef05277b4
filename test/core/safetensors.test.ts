import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/core/safetensors.js";
import { temporaryFolder } from "../temporary-folder.js";

/** A file made by hand: header and numbers, as the format's page describes them. */
function fileOf(header: unknown, data: Uint8Array, headerBytes?: bigint): Uint8Array {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(headerBytes ?? BigInt(text.length));
  return Uint8Array.from(Buffer.concat([length, text, data]));
}

const twoArrays = {
  arrays: [
    { name: "a.kernel", shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, 1e-30, 1e30) },
    { name: "a.bias", shape: [], values: Float32Array.of(7) },
    { name: "nothing", shape: [0, 4], values: new Float32Array(0) },
  ],
  metadata: { run: "abc", note: "é" },
};

describe("safetensors", () => {
  it("come back as they were written", () => {
    expect(decodeSafetensors(encodeSafetensors(twoArrays), "x")).toEqual(twoArrays);
  });

  it("come back from a file too: what Node reads is a Buffer, whose slices share its memory", async () => {
    const path = join(temporaryFolder("safetensors"), "weights.safetensors");
    writeFileSync(path, encodeSafetensors(twoArrays));
    const bytes = await readFile(path);
    const file = decodeSafetensors(bytes, path);
    expect(file).toEqual(twoArrays);
    bytes.fill(0);
    expect(file).toEqual(twoArrays);
  });

  it("are read from the middle of a larger buffer, at any alignment", () => {
    const bytes = encodeSafetensors(twoArrays);
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(decodeSafetensors(larger.subarray(3), "x")).toEqual(twoArrays);
  });

  it("begin their numbers at a multiple of 8 bytes, padded with spaces, in an order without gaps", () => {
    const bytes = encodeSafetensors(twoArrays);
    const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(headerBytes % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes))) as object;
    expect(header).toMatchObject({
      __metadata__: twoArrays.metadata,
      "a.kernel": { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] },
      "a.bias": { dtype: "F32", shape: [], data_offsets: [24, 28] },
    });
    expect(bytes.length).toBe(8 + headerBytes + 28);
  });

  it("made by hand are read, float16 as float32", () => {
    const header = {
      half: { dtype: "F16", shape: [3], data_offsets: [0, 6] },
      single: { dtype: "F32", shape: [1], data_offsets: [6, 10] },
    };
    const data = Uint8Array.from([0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b, 0x00, 0x00, 0x80, 0x3f]);
    expect(decodeSafetensors(fileOf(header, data), "x")).toEqual({
      arrays: [
        { name: "half", shape: [3], values: Float32Array.of(1, -2, 65504) },
        { name: "single", shape: [1], values: Float32Array.of(1) },
      ],
      metadata: {},
    });
  });

  const entry = (change: object) => ({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...change } });
  const eight = new Uint8Array(8);
  it.each<[string, Uint8Array, string]>([
    ["an empty file", new Uint8Array(0), "shorter than the header's length"],
    ["a header longer than the file", fileOf("{}", eight, 1000n), "past the end"],
    ["a header of 2^63 bytes", fileOf("{}", eight, 2n ** 63n), "past the end"],
    ["a header that is not JSON", fileOf("{]", eight), "not JSON"],
    ["a header that is a list", fileOf([], eight), "no object"],
    ["a header that is null", fileOf("null", eight), "no object"],
    ["numbers of another type", fileOf(entry({ dtype: "I64" }), eight), "a holds I64"],
    ["no type", fileOf(entry({ dtype: undefined }), eight), "a holds undefined"],
    ["a negative length", fileOf(entry({ shape: [-2] }), eight), "no shape or place"],
    ["no place", fileOf(entry({ data_offsets: undefined }), eight), "no shape or place"],
    ["an entry that is null", fileOf({ a: null }, eight), "no shape or place"],
    ["a place of another size", fileOf(entry({ data_offsets: [0, 4] }), eight), "does not fit"],
    ["a place past the end", fileOf(entry({ data_offsets: [4, 12] }), eight), "does not fit"],
    ["a place backwards", fileOf(entry({ data_offsets: [8, 0] }), eight), "does not fit"],
  ])("refuses %s, naming the file and the reason", (_, bytes, reason) => {
    expect(() => decodeSafetensors(bytes, "weights.safetensors")).toThrow(LabError);
    expect(() => decodeSafetensors(bytes, "weights.safetensors")).toThrow(
      new RegExp(`weights.safetensors.*${reason}`),
    );
  });

  it("cut off anywhere is refused", () => {
    const bytes = encodeSafetensors(twoArrays);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeSafetensors(bytes.subarray(0, length), "x")).toThrow(LabError);
    }
  });

  it("of any bytes give arrays that fit their shapes, or a LabError", () => {
    const header = fc.dictionary(
      fc.string(),
      fc.record({
        dtype: fc.oneof(fc.constantFrom("F32", "F16"), fc.jsonValue()),
        shape: fc.oneof(fc.array(fc.nat(4), { maxLength: 3 }), fc.jsonValue()),
        data_offsets: fc.oneof(fc.array(fc.nat(32), { minLength: 2, maxLength: 2 }), fc.jsonValue()),
      }),
    );
    const structured = fc
      .tuple(fc.oneof(header, fc.jsonValue()), fc.uint8Array({ maxLength: 32 }))
      .map(([value, data]) => fileOf(value, data));
    fc.assert(
      fc.property(fc.oneof(structured, fc.uint8Array({ maxLength: 64 })), (bytes) => {
        try {
          for (const { shape, values } of decodeSafetensors(bytes, "x").arrays) {
            expect(values.length).toBe(shape.reduce((a, b) => a * b, 1));
          }
        } catch (error) {
          expect(error).toBeInstanceOf(LabError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
