import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeAudio } from "../../src/audio/decode.js";
import { encodeWav } from "../../src/audio/encode-wav.js";
import { LabError } from "../../src/core/errors.js";
import { goldens, tone } from "./tones.js";
import { pack, wavBytes } from "./wav-bytes.js";

const whole = encodeWav(tone(16_000, 440), 16_000);
const floats = (values: number[], rateHz = 16_000): Uint8Array =>
  wavBytes({
    rateHz,
    data: pack(values, 4, (view, at, value) => view.setFloat32(at, value, true)),
    bits: 32,
    tag: 3,
  });

async function failureOf(bytes: Uint8Array): Promise<LabError> {
  const error = await decodeAudio(bytes, "clips/odd.wav").catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(LabError);
  expect((error as LabError).message).toContain("clips/odd.wav");
  expect((error as LabError).remedy).toBeDefined();
  return error as LabError;
}

describe("decodeAudio refuses, naming file and reason,", () => {
  it.each([
    ["an empty file", new Uint8Array(0), /is empty/],
    [
      "a WAV whose samples are cut off",
      whole.subarray(0, whole.length - 1000),
      /truncated.*declares 19200.*holds 18200/,
    ],
    ["a WAV cut off inside its header", whole.subarray(0, 30), /truncated/],
    ["a WAV without samples", wavBytes({ data: new Uint8Array(0) }), /no samples/],
    [
      "a WAV without samples before another chunk",
      wavBytes({ data: new Uint8Array(0), after: [["LIST", 64]] }),
      /no samples/,
    ],
    ...[0x7ffe0000, 0x80000001, 3e9].map((declaredBytes): [string, Uint8Array, RegExp] => [
      `a WAV cut off before most of its ${declaredBytes} bytes`,
      wavBytes({ data: new Uint8Array(99), declaredBytes }),
      /truncated.*holds 100/,
    ]),
    ["a WAV without channels", wavBytes({ data: new Uint8Array(8), channels: 0 }), /damaged.*0 channels/],
    ["zeros", encodeWav(new Float32Array(1000), 16_000), /digital silence/],
    [
      "8-bit zeros, which are 128",
      wavBytes({ data: new Uint8Array(99).fill(128), bits: 8 }),
      /digital silence/,
    ],
    ["NaN", floats([0.5, Number.NaN, 0.25]), /not numbers \(sample 1 is NaN\)/],
    ["infinity", floats([0.5, 0.25, Number.POSITIVE_INFINITY]), /not numbers \(sample 2 is Infinity\)/],
    [
      "samples that resampling would make infinite",
      floats([0.5, -3e38, 3e38], 44_100),
      /too large to be sound \(sample 1 is -3\.00e\+38; full scale is 1\)/,
    ],
    ["a rate at which nothing is recorded", floats([0.5, 0.25], 65), /65 Hz is no sample rate/],
    ["text", new TextEncoder().encode("file,emotion,speaker\na.wav,happy,me\n"), /is no audio/],
    [
      "pseudo-random bytes",
      Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 31 + i * 7) % 251),
      /is no audio/,
    ],
    ["a WAV in a format that nobody here reads", wavBytes({ data: new Uint8Array(99), tag: 0x31 }), /0x31/],
  ])("%s", async (_, bytes, reason) => {
    expect((await failureOf(bytes)).message).toMatch(reason);
  });

  it.each([
    ["sine.aiff.bin", 0.5],
    ["sine.flac.bin", 0.9],
    ["sine.mp3.bin", 0.7],
    ["sine.vorbis.bin", 0.9],
    ["sine.opus.bin", 0.9],
    ["sine.m4a.bin", 0.5],
    ["sine.m4a.bin", 0.95],
  ])("%s cut off at %d of its length", async (file, share) => {
    const bytes = readFileSync(join(goldens, file));
    const cut = bytes.subarray(0, Math.round(bytes.length * share));
    expect((await failureOf(cut)).message).toMatch(/is truncated/);
  });
});
