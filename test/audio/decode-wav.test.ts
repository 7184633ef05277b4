import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { WaveFile } from "wavefile";
import { decodeAudio } from "../../src/audio/decode.js";
import { encodeWav } from "../../src/audio/encode-wav.js";
import { goldens, signalToNoise, tone } from "./tones.js";
import { pack, wavBytes } from "./wav-bytes.js";

const sound = tone(16_000, 440);
const int16 = pack(sound, 2, (view, at, value) => view.setInt16(at, Math.round(value * 32_767), true));
const decode = async (bytes: Uint8Array): Promise<Float32Array> =>
  (await decodeAudio(bytes, "a.wav")).samples;

describe("WAV", () => {
  it("gives 16-bit samples at 16 kHz exactly as integers divided by 32,768", async () => {
    const extremes = Int16Array.of(-32_768, 32_767, 0, 1, -1, 12_345);
    const data = pack(extremes, 2, (view, at, value) => view.setInt16(at, value, true));
    expect([...(await decode(wavBytes({ data })))]).toEqual([...extremes].map((value) => value / 32_768));
  });

  it.each([
    [24, 8_388_608, [-8_388_608, 8_388_607, 0, 1, -1]],
    [32, 2_147_483_648, [-2_147_483_648, 2_147_483_392, 0, 256, -256]],
  ])("gives %i-bit samples exactly, the lowest one included", async (bits, scale, values) => {
    const data = pack(values, bits / 8, (view, at, value) => {
      for (let byte = 0; byte < bits / 8; byte++) view.setUint8(at + byte, (value >> (8 * byte)) & 255);
    });
    expect([...(await decode(wavBytes({ data, bits })))]).toEqual(values.map((value) => value / scale));
  });

  it("takes 8-bit samples for unsigned with 128 as zero", async () => {
    expect([...(await decode(wavBytes({ data: Uint8Array.of(0, 128, 255, 129), bits: 8 })))]).toEqual(
      [-128, 0, 127, 1].map((value) => value / 128),
    );
  });

  it.each([32, 64])("gives %i-bit floats as they are, beyond 1 too", async (bits) => {
    const values = [0.25, -0.5, 1.5, 0];
    const data = pack(values, bits / 8, (view, at, value) =>
      bits === 32 ? view.setFloat32(at, value, true) : view.setFloat64(at, value, true),
    );
    expect([...(await decode(wavBytes({ data, bits, tag: 3 })))]).toEqual(values);
  });

  it("resamples floats of nearly the largest magnitude that is taken to finite ones", async () => {
    const square = Float32Array.from({ length: 4_410 }, (_, i) => (i % 50 < 25 ? 9e29 : -9e29));
    const data = pack(square, 4, (view, at, value) => view.setFloat32(at, value, true));
    const samples = await decode(wavBytes({ data, bits: 32, tag: 3, rateHz: 44_100 }));
    expect(samples.length).toBe(1_600);
    expect(samples.every(Number.isFinite)).toBe(true);
  });

  it.each(["A-law", "µ-law"])("decodes %s as ITU-T G.711 does", async (law) => {
    // Codes and their values from the tables of G.711 (16-bit scale): the loudest, the quietest, one between.
    const [tag, codes, values] =
      law === "A-law"
        ? [6, [0xaa, 0x2a, 0xd5, 0x55, 0x80], [32_256, -32_256, 8, -8, 5_504]]
        : [7, [0x80, 0x00, 0xff, 0xfe, 0xb0], [32_124, -32_124, 0, 8, 3_900]];
    const samples = await decode(wavBytes({ data: Uint8Array.from(codes), bits: 8, tag }));
    expect([...samples].map((value) => value * 32_768)).toEqual(values);
  });

  it.each([
    ["16-bit integer", 1, 16, int16],
    ["32-bit float", 3, 32, pack(sound, 4, (view, at, value) => view.setFloat32(at, value, true))],
    ["A-law", 6, 8, lawBytes("toALaw")],
    ["µ-law", 7, 8, lawBytes("toMuLaw")],
  ])("looks through WAVE_FORMAT_EXTENSIBLE to %s", async (_, tag, bits, data) => {
    const plain = await decode(wavBytes({ data, bits, tag }));
    expect(signalToNoise(plain, sound)).toBeGreaterThan(30);
    expect(await decode(wavBytes({ data, bits, extensible: tag }))).toEqual(plain);
  });

  it("means the channels of stereo", async () => {
    const data = pack([0.5, 0.25, -0.5, 0, 0.75, 0.75], 4, (view, at, value) =>
      view.setFloat32(at, value, true),
    );
    expect([...(await decode(wavBytes({ data, bits: 32, tag: 3, channels: 2 })))]).toEqual([
      0.375, -0.25, 0.75,
    ]);
  });

  it.each([
    ["an FLLR chunk as in RAVDESS", { before: [["FLLR", 4044]] }],
    ["an odd chunk with its pad byte", { before: [["LIST", 31]] }],
    ["an odd chunk whose pad byte is missing", { before: [["LIST", 31]], unpadded: true }],
    ["chunks after the samples", { after: [["LIST", 64]] }],
    ["the unknown length of ffmpeg's pipe", { declaredBytes: 0xffffffff }],
    ["that of SoX's", { declaredBytes: 0x7ffff000 }],
    ["that of SoX's in frames of 6 bytes", { declaredBytes: 0x7ffff000 - (0x7ffff000 % 6) }],
    ["that of arecord's", { declaredBytes: 0x80000000 }],
    ["a length that was never filled in", { declaredBytes: 0 }],
  ] as const)("is not led astray by %s", async (_, parts) => {
    expect(await decode(wavBytes({ data: int16, ...parts }))).toEqual(
      await decode(wavBytes({ data: int16 })),
    );
  });

  it("drops the broken last frame of a data chunk with an odd size", async () => {
    const samples = await decode(wavBytes({ data: int16.subarray(0, int16.length - 1) }));
    expect(samples.length).toBe(sound.length - 1);
  });

  it("decodes IMA ADPCM", async () => {
    const samples = await decode(readFileSync(join(goldens, "sine.adpcm.bin")));
    expect(signalToNoise(samples.subarray(0, sound.length), sound, 200)).toBeGreaterThan(25);
  });

  it("comes back from encodeWav within half a step, clipped beyond full scale", async () => {
    const samples = await decode(encodeWav(sound, 16_000));
    expect(Math.max(...samples.map((value, i) => Math.abs(value - sound[i]!)))).toBeLessThanOrEqual(
      1 / 65_536,
    );
    const clipped = await decode(encodeWav(Float32Array.of(2, -2, 0), 16_000));
    expect([...clipped]).toEqual([32_767 / 32_768, -1, 0]);
  });

  it("resamples another rate to 16 kHz", async () => {
    const samples = await decode(encodeWav(tone(48_000, 440), 48_000));
    expect(signalToNoise(samples, sound, 200)).toBeGreaterThan(80);
  });
});

function lawBytes(law: "toALaw" | "toMuLaw"): Uint8Array {
  const file = new WaveFile();
  file.fromScratch(
    1,
    16_000,
    "16",
    Int16Array.from(sound, (value) => value * 32_767),
  );
  file[law]();
  return (file as unknown as { data: { samples: Uint8Array } }).data.samples;
}
