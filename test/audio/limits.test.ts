import { readFileSync } from "node:fs";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import decode from "audio-decode";
import { describe, expect, it } from "vitest";
import { declaredSize } from "../../src/audio/declared-size.js";
import { decodeAudio } from "../../src/audio/decode.js";
import { decodeFile } from "../../src/audio/decode-file.js";
import { encodeWav } from "../../src/audio/encode-wav.js";
import { usualLimits } from "../../src/audio/limits.js";
import { temporaryFolder } from "../temporary-folder.js";
import { goldens, tone } from "./tones.js";
import { wavBytes } from "./wav-bytes.js";

const read = (file: string): Uint8Array => new Uint8Array(readFileSync(join(goldens, file)));
const compressed = [
  "sine.flac.bin",
  "sine.mp3.bin",
  "sine.vorbis.bin",
  "sine.opus.bin",
  "sine.m4a.bin",
  "sine.aac.bin",
];
const fewSamples = { ...usualLimits, mostSamples: 4_000 };

/** Where a text stands in bytes. */
const find = (bytes: Uint8Array, text: string): number => Buffer.from(bytes).indexOf(text);

describe("decoder limits", () => {
  it.each(["whole.wav", "sine.aiff.bin", ...compressed])(
    "refuse %s when it holds more samples",
    async (file) => {
      const bytes = file === "whole.wav" ? encodeWav(tone(16_000, 440), 16_000) : read(file);
      await expect(decodeAudio(bytes, file, { limits: fewSamples })).rejects.toThrow(
        /holds \d+ s of sound in \d channels?, more than is decoded at once/,
      );
      expect((await decodeAudio(bytes, file)).samples.length).toBeGreaterThan(4_000);
    },
  );

  it.each(["sine.flac.bin", "sine.vorbis.bin", "sine.opus.bin", "sine.m4a.bin"])(
    "know the size of %s before it is decoded",
    async (file) => {
      const bytes = read(file);
      const { channelData, sampleRate } = await decode(bytes);
      const declared = declaredSize(bytes);
      expect(declared.rateHz).toBe(sampleRate);
      expect(Math.abs(declared.samplesEach - channelData[0]!.length)).toBeLessThan(
        0.1 * channelData[0]!.length,
      );
      expect(declared.channels).toBeGreaterThanOrEqual(channelData.length);
    },
  );

  it("believe no FLAC that declares three days, nor decode one that declares nothing to its end", async () => {
    const liar = read("sine.flac.bin");
    new DataView(liar.buffer).setUint32(22, 0xfffffff0, false);
    await expect(decodeAudio(liar, "liar.flac")).rejects.toThrow(/liar\.flac holds 268435 s of sound/);
    const silent = read("sine.flac.bin");
    silent[21]! &= 0xf0;
    new DataView(silent.buffer).setUint32(22, 0, false);
    await expect(decodeAudio(silent, "silent.flac", { limits: fewSamples })).rejects.toThrow(
      /silent\.flac holds/,
    );
  });

  it.each(["stsz", "stco", "stsc", "stts"])(
    "refuse an M4A whose %s declares four thousand million entries",
    async (table) => {
      const bytes = read("sine.m4a.bin");
      const at = find(bytes, table) + 4 + (table === "stsz" ? 8 : 4);
      new DataView(bytes.buffer).setUint32(at, 0xfffffff0, false);
      if (table === "stsz") new DataView(bytes.buffer).setUint32(at - 4, 1, false); // all of one size: no table follows
      await expect(decodeAudio(bytes, "hostile.m4a")).rejects.toThrow(/hostile\.m4a holds/);
    },
  );

  it.each(["whole.wav", ...compressed])("refuse %s when it lasts longer", async (file) => {
    const bytes = file === "whole.wav" ? encodeWav(tone(16_000, 440), 16_000) : read(file);
    const limits = { ...usualLimits, mostSeconds: 0.4 };
    // A file that is as large as 64 kbit/s are may last as long as it does.
    if (bytes.length / 8_000 > 0.6) {
      expect((await decodeAudio(bytes, file, { limits })).samples.length).toBeGreaterThan(0.4 * 16_000);
    } else {
      await expect(decodeAudio(bytes, file, { limits })).rejects.toThrow(/more than is decoded at once/);
    }
  });

  it("refuse a slow WAV whose sound would last for weeks", async () => {
    const bytes = wavBytes({ data: new Uint8Array(2_000_000).fill(3), rateHz: 1, channels: 1 });
    await expect(decodeAudio(bytes, "slow.wav")).rejects.toThrow(/slow\.wav holds 1000000 s of sound/);
  });

  it("refuse music that is computed from notes", async () => {
    const bytes = new Uint8Array(2_000);
    bytes.set(Buffer.from("M.K."), 1080);
    await expect(decodeAudio(bytes, "song.mod")).rejects.toThrow(/song\.mod.*holds notes, no recorded sound/);
  });

  it("refuse more channels than anybody records", async () => {
    const bytes = wavBytes({ data: new Uint8Array(400).fill(3), channels: 100 });
    await expect(decodeAudio(bytes, "array.wav")).rejects.toThrow(/array\.wav has 100 channels; at most 32/);
  });

  it("refuse a huge file before it is read", async () => {
    const folder = temporaryFolder("limits");
    const path = join(folder, "huge.wav");
    await writeFile(path, "");
    await truncate(path, 5e9); // sparse: it takes no room on the disk
    await expect(decodeFile(path)).rejects.toThrow(/huge\.wav has 5000 MB; at most 1074 are read/);
  });

  it.each([...compressed, "stereo.flac.bin"])(
    "leave the samples of %s as they are in one piece",
    async (file) => {
      const bytes = read(file);
      const long = await decode(bytes);
      const { samples } = await decodeAudio(bytes, file);
      const seconds = long.channelData[0]!.length / long.sampleRate;
      expect(samples.length).toBe(Math.round(seconds * 16_000));
    },
  );
});

describe("digital silence", () => {
  it("is decoded where it is allowed", async () => {
    const bytes = encodeWav(new Float32Array(1_000), 16_000);
    const { samples } = await decodeAudio(bytes, "quiet.wav", { allowSilence: true });
    expect(samples).toEqual(new Float32Array(1_000));
    await expect(decodeAudio(bytes, "quiet.wav")).rejects.toThrow(/digital silence/);
  });
});
