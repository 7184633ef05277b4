import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeFile, readDuration } from "../../src/audio/decode-file.js";
import { encodeWav } from "../../src/audio/encode-wav.js";
import { usualLimits } from "../../src/audio/limits.js";
import { goldens, tone } from "./tones.js";
import { wavBytes } from "./wav-bytes.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "affectlab-audio-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function place(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

describe("decodeFile", () => {
  it("decodes what lies on the disk", async () => {
    const path = await place("tone.wav", encodeWav(tone(8_000, 300, 1), 8_000));
    const wave = await decodeFile(path);
    expect(wave.sampleRate).toBe(16_000);
    expect(wave.samples.length).toBe(16_000);
  });

  it("names the path that is not there", async () => {
    await expect(decodeFile(join(folder, "none.wav"))).rejects.toThrow(/There is no file .*none\.wav/);
    await expect(readDuration(join(folder, "none.wav"))).rejects.toThrow(/There is no file .*none\.wav/);
    await expect(decodeFile(folder)).rejects.toThrow(/cannot be read \(EISDIR\)/);
  });

  it("stops reading what has no end", async () => {
    const limits = { ...usualLimits, mostBytes: 2 ** 20 };
    await expect(decodeFile("/dev/zero", { limits })).rejects.toThrow(/at most 1 are read/);
  });
});

describe("readDuration", () => {
  it("tells a WAV file's seconds from its header, stereo and long headers too", async () => {
    const data = new Uint8Array(4 * 24_000);
    const parts = { data, channels: 2, rateHz: 48_000 };
    expect(await readDuration(await place("stereo.wav", wavBytes(parts)))).toBe(0.5);
    const filled = wavBytes({ ...parts, before: [["FLLR", 40_000]] });
    filled[filled.length - 1] = 1; // this one is decoded, and silence would be refused
    expect(await readDuration(await place("filled.wav", filled))).toBe(0.5);
  });

  it("decodes what is no WAV", async () => {
    expect(await readDuration(join(goldens, "sine.flac.bin"))).toBeCloseTo(0.6, 6);
  });

  it("reports a truncated file", async () => {
    const whole = encodeWav(tone(16_000, 300, 1), 16_000);
    const path = await place("cut.wav", whole.subarray(0, 20_000));
    await expect(readDuration(path)).rejects.toThrow(/cut\.wav is truncated/);
  });
});
