import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openContainerStream } from "../../src/audio/container-stream.js";
import { decodeAudio } from "../../src/audio/decode.js";
import { encodeWav } from "../../src/audio/encode-wav.js";
import { openPcmStream } from "../../src/audio/pcm-stream.js";
import { resample } from "../../src/audio/resample.js";
import { openResampleStream } from "../../src/audio/resample-stream.js";
import { LabError } from "../../src/core/errors.js";
import { packageRoot } from "../../src/core/settings.js";
import { wavBytes } from "./wav-bytes.js";

const golden = (name: string) => new Uint8Array(readFileSync(join(packageRoot, "test/goldens/audio", name)));
const tone = (length: number, rateHz: number) =>
  Float32Array.from({ length }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / rateHz));
const concat = (pieces: readonly Float32Array[]) => Float32Array.from(pieces.flatMap((piece) => [...piece]));

/** Cuts bytes at places that fall inside samples. */
function* cut(bytes: Uint8Array, lengths: readonly number[]) {
  for (let at = 0, i = 0; at < bytes.length; at += lengths[i++ % lengths.length]!) {
    yield bytes.subarray(at, at + lengths[i % lengths.length]!);
  }
}

describe("raw samples as they arrive", () => {
  it("are the same wherever the pieces are cut, the mean of their channels", () => {
    const values = new Int16Array([1000, 3000, -32768, -32768, 0, 16384, 7, -7]);
    const bytes = new Uint8Array(values.buffer);
    const expected = [2000, -32768, 8192, 0].map((value) => value / 32768);
    for (const lengths of [[1], [3], [5, 2], [16]]) {
      const push = openPcmStream({ format: "s16le", channels: 2, rateHz: 16_000 });
      expect([...concat([...cut(bytes, lengths)].map(push))]).toEqual(expected);
    }
  });

  it("of every format tell the same tone", () => {
    const samples = tone(64, 16_000);
    const float = openPcmStream({ format: "f32le", channels: 1, rateHz: 16_000 });
    expect([...float(new Uint8Array(samples.slice().buffer))]).toEqual([...samples]);
    const s24 = new Uint8Array(3 * samples.length);
    const view = new DataView(new ArrayBuffer(4));
    samples.forEach((sample, i) => {
      view.setInt32(0, Math.round(sample * 2 ** 23), true);
      s24.set(new Uint8Array(view.buffer, 0, 3), 3 * i);
    });
    const heard = openPcmStream({ format: "s24le", channels: 1, rateHz: 16_000 })(s24);
    heard.forEach((sample, i) => {
      expect(sample).toBeCloseTo(samples[i]!, 6);
    });
  });

  it("that are no numbers become silence", () => {
    const push = openPcmStream({ format: "f32le", channels: 1, rateHz: 16_000 });
    const broken = Float32Array.of(0.5, Number.NaN, Number.POSITIVE_INFINITY, -0.5);
    expect([...push(new Uint8Array(broken.buffer))]).toEqual([0.5, 0, 0, -0.5]);
  });

  it("of a layout that cannot be are refused with the remedy", () => {
    expect(() => openPcmStream({ format: "s16le", channels: 0, rateHz: 16_000 })).toThrow(
      /0 channels.*1 to 32/,
    );
    expect(() => openPcmStream({ format: "s16le", channels: 1, rateHz: 7 })).toThrow(
      /7 Hz.*4,000 to 192,000/,
    );
  });
});

describe("resampling as sound arrives", () => {
  it.each([48_000, 44_100, 8_000])("from %i Hz equals resampling the whole", async (fromHz) => {
    const samples = tone(fromHz, fromHz);
    const whole = await resample(samples, fromHz, 16_000);
    const stream = await openResampleStream(fromHz, 16_000);
    const pieces: Float32Array[] = [];
    for (let at = 0; at < samples.length; at += 1_023)
      pieces.push(stream.push(samples.subarray(at, at + 1_023)));
    pieces.push(stream.end());
    stream.close();
    const joined = concat(pieces);
    expect(joined.length).toBe(whole.length);
    let worst = 0;
    for (let i = 200; i < 15_800; i++) worst = Math.max(worst, Math.abs(joined[i]! - whole[i]!));
    expect(worst).toBeLessThan(1e-5);
  });
});

describe("containers as they arrive", () => {
  const decodeInPieces = async (bytes: Uint8Array) => {
    const stream = openContainerStream("sound");
    const pieces: Float32Array[] = [];
    let rateHz = 0;
    for (const piece of [...cut(bytes, [777]), null]) {
      const heard = piece === null ? await stream.end() : await stream.push(piece);
      if (heard === null) continue;
      pieces.push(heard.samples);
      rateHz = heard.rateHz;
    }
    stream.close();
    return { samples: concat(pieces), rateHz };
  };

  it.each(["sine.flac.bin", "sine.mp3.bin", "sine.opus.bin", "sine.vorbis.bin", "sine.aiff.bin"])(
    "%s sounds as it does when decoded whole",
    async (name) => {
      const { samples, rateHz } = await decodeInPieces(golden(name));
      const heard = await resample(samples, rateHz, 16_000);
      const whole = await decodeAudio(golden(name), name);
      expect(Math.abs(heard.length - whole.samples.length)).toBeLessThanOrEqual(2);
      let worst = 0;
      for (let i = 0; i < Math.min(heard.length, whole.samples.length); i++) {
        worst = Math.max(worst, Math.abs(heard[i]! - whole.samples[i]!));
      }
      expect(worst).toBeLessThan(1e-3);
    },
  );

  it("of WAV are their samples", async () => {
    const samples = tone(16_000, 16_000);
    const { samples: heard, rateHz } = await decodeInPieces(encodeWav(samples, 16_000));
    expect(rateHz).toBe(16_000);
    expect(heard.length).toBe(samples.length);
    heard.forEach((sample, i) => {
      expect(Math.abs(sample - samples[i]!)).toBeLessThan(1e-4);
    });
  });

  it.each([
    ["a chunk of odd size before them", { before: [["LIST", 5]] }],
    ["a chunk of odd size without its pad byte", { before: [["LIST", 5]], unpadded: true }],
    ["a chunk longer than the first pieces", { before: [["JUNK", 20_000]] }],
    ["a chunk behind them", { after: [["LIST", 400]] }],
    ["the length that SoX declares to a pipe", { declaredBytes: 0x7ffff000 }],
    ["the length that ffmpeg declares to a pipe", { declaredBytes: 0xffffffff }],
    ["no length", { declaredBytes: 0 }],
  ] as const)("of WAV are its samples alone, with %s", async (_, parts) => {
    const values = Int16Array.from(tone(3_000, 16_000), (sample) => Math.round(32_768 * sample));
    const bytes = wavBytes({ data: new Uint8Array(values.buffer), ...parts });
    const { samples } = await decodeInPieces(bytes);
    expect([...samples]).toEqual(Array.from(values, (value) => value / 32_768));
  });

  it("of WAV in a container of 16 bits that says 12 are heard, as `predict` hears them", async () => {
    const values = Int16Array.from(tone(500, 16_000), (sample) => Math.round(32_768 * sample));
    const bytes = wavBytes({ data: new Uint8Array(values.buffer) });
    new DataView(bytes.buffer).setUint16(34, 12, true);
    expect((await decodeInPieces(bytes)).samples.length).toBe(500);
  });

  it("of WAV that end before their samples begin, or have a hundred channels, are refused by name", async () => {
    const whole = wavBytes({ data: new Uint8Array(2), before: [["JUNK", 9_000]] });
    await expect(decodeInPieces(whole.subarray(0, 5_000))).rejects.toThrow(/sound.*before its samples begin/);
    await expect(decodeInPieces(wavBytes({ data: new Uint8Array(400), channels: 100 }))).rejects.toThrow(
      /sound.*100 channels/,
    );
  });

  it("that are none, or cannot be heard from their beginning on, are named with the remedy", async () => {
    const text = new TextEncoder().encode("these are words ".repeat(500));
    await expect(decodeInPieces(text)).rejects.toThrow(/sound is no audio.*--rate/);
    await expect(decodeInPieces(golden("sine.m4a.bin"))).rejects.toThrow(/m4a.*affectlab predict/);
    await expect(decodeInPieces(new Uint8Array(0))).rejects.toThrow(LabError);
  });
});
