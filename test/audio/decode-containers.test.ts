import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeAudio } from "../../src/audio/decode.js";
import { amplitudeOf, goldens, signalToNoise, tone } from "./tones.js";
import { pack } from "./wav-bytes.js";

const read = (name: string): Uint8Array => readFileSync(join(goldens, name));
const decode = async (bytes: Uint8Array, name: string): Promise<Float32Array> =>
  (await decodeAudio(bytes, name)).samples;

/** An AIFF-C file of 16 kHz mono, written by hand; SSND stands before COMM, as the format allows. */
function aiffc(type: string, bits: number, data: Uint8Array, frames: number): Uint8Array {
  const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
  const u32 = (value: number): number[] => [
    value >>> 24,
    (value >> 16) & 255,
    (value >> 8) & 255,
    value & 255,
  ];
  const rate = [0x40, 0x0c, 0xfa, 0, 0, 0, 0, 0, 0, 0]; // 16,000 as an 80-bit extended number
  const common = [0, 1, ...u32(frames), 0, bits, ...rate, ...ascii(type), 0, 0];
  const body = [
    ...ascii("AIFC"),
    ...ascii("SSND"),
    ...u32(8 + data.length),
    ...Array<number>(8).fill(0),
    ...data,
    ...(data.length % 2 === 1 ? [0] : []),
    ...ascii("COMM"),
    ...u32(common.length),
    ...common,
  ];
  return Uint8Array.from([...ascii("FORM"), ...u32(body.length), ...body]);
}

describe("decodeAudio", () => {
  it.each(["sine.mp3.bin", "sine.vorbis.bin", "sine.opus.bin", "sine.m4a.bin", "sine.aac.bin"])(
    "finds the sine in %s, of the right length and loudness",
    async (file) => {
      const samples = await decode(read(file), file);
      expect(samples.length / 16_000).toBeCloseTo(0.6, 1);
      expect(amplitudeOf(samples, 440, 16_000, 1600)).toBeCloseTo(0.5, 1);
      expect(amplitudeOf(samples, 1500, 16_000, 1600)).toBeLessThan(0.005);
    },
  );

  it("decodes FLAC without loss", async () => {
    const samples = await decode(read("sine.flac.bin"), "sine.flac");
    const expected = tone(16_000, 440).map((value) => Math.floor(value * 32_768 + 0.5) / 32_768);
    expect(Math.max(...samples.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThanOrEqual(
      1 / 32_768,
    );
    expect(samples.length).toBe(expected.length);
  });

  it("means the channels of a stereo FLAC", async () => {
    const samples = await decode(read("stereo.flac.bin"), "stereo.flac");
    expect(amplitudeOf(samples, 440, 16_000, 1600)).toBeCloseTo(0.25, 3);
    expect(amplitudeOf(samples, 880, 16_000, 1600)).toBeCloseTo(0.125, 3);
  });

  it("goes by content, not by name: an AIFF inside a .wav, as in TESS", async () => {
    const samples = await decode(read("sine.aiff.bin"), "YAF_germ_angry.wav");
    expect(signalToNoise(samples, tone(16_000, 440), 200)).toBeGreaterThan(70);
  });

  it.each([
    ["NONE", 8, [-128, 0, 127, 1], 128, 1],
    ["NONE", 16, [-32_768, 0, 32_767, 1], 32_768, 2],
    ["NONE", 24, [-8_388_608, 0, 8_388_607, 1], 8_388_608, 3],
    ["sowt", 16, [-32_768, 0, 32_767, 1], 32_768, 2],
    ["fl32", 32, [-1, 0, 0.75, 0.5], 1, 4],
  ] as const)("reads AIFF-C %s of %i bits exactly", async (type, bits, values, scale, width) => {
    const data = pack(values, width, (view, at, value) => {
      if (type === "fl32") view.setFloat32(at, value, false);
      else if (type === "sowt") view.setInt16(at, value, true);
      else for (let i = 0; i < width; i++) view.setUint8(at + i, (value >> (8 * (width - 1 - i))) & 255);
    });
    const samples = await decode(aiffc(type, bits, data, values.length), "a.aifc");
    expect([...samples]).toEqual(values.map((value) => value / scale));
  });

  it("names an AIFF-C compression that it does not know", async () => {
    await expect(decode(aiffc("MAC6", 8, new Uint8Array(8), 8), "old.aifc")).rejects.toThrow(
      /old\.aifc.*MAC6/,
    );
  });
});
