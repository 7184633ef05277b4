import { create } from "@alexanderolsen/libsamplerate-js";
import { describe, expect, it, vi } from "vitest";
import { resample } from "../../src/audio/resample.js";
import { openResampleStream } from "../../src/audio/resample-stream.js";
import { LabError } from "../../src/core/errors.js";
import { amplitudeOf, signalToNoise, tone } from "./tones.js";

/** As it is, and looked at. */
vi.mock("@alexanderolsen/libsamplerate-js", { spy: true });
type Converter = Awaited<ReturnType<typeof create>>;

describe("resample", () => {
  it.each([48_000, 44_100, 24_414, 96_000, 22_050, 8_000])(
    "turns a sine at %i Hz into the same sine at 16 kHz",
    async (rate) => {
      const samples = await resample(tone(rate, 1000, 1), rate, 16_000);
      expect(samples.length).toBe(16_000);
      expect(signalToNoise(samples, tone(16_000, 1000, 1), 400)).toBeGreaterThan(100);
    },
  );

  it("passes 7 kHz, and folds nothing back from above 8 kHz", async () => {
    const passed = await resample(tone(48_000, 7000, 1), 48_000, 16_000);
    expect(amplitudeOf(passed, 7000, 16_000, 400)).toBeGreaterThan(0.48);
    for (const hz of [9000, 12_000, 15_000, 20_000]) {
      const samples = await resample(tone(48_000, hz, 1), 48_000, 16_000);
      const loudest = samples.subarray(400, -400).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(20 * Math.log10(loudest / 0.5)).toBeLessThan(-100);
    }
  });

  it("gives the same samples every time, and the input itself at equal rates", async () => {
    const sound = tone(44_100, 523, 0.3);
    expect(await resample(sound, 44_100, 16_000)).toEqual(await resample(sound, 44_100, 16_000));
    expect(await resample(sound, 16_000, 16_000)).toBe(sound);
  });

  it.each([48_000, 24_414])("keeps a long recording at %i Hz whole to its last sample", async (rate) => {
    const seconds = 50;
    const input = tone(rate, 300, seconds);
    const samples = await resample(input, rate, 16_000);
    expect(samples.length).toBe(seconds * 16_000);
    expect(signalToNoise(samples, tone(16_000, 300, seconds), 400)).toBeGreaterThan(90);
    // The last ten seconds fit into one piece: the end must be the same, up to the very last sample.
    const lastTen = (await resample(input.subarray(40 * rate), rate, 16_000)).subarray(400);
    expect(signalToNoise(samples.subarray(-lastTen.length), lastTen)).toBeGreaterThan(90);
  });

  it.each([0, 7, 62, 999, 192_001, 384_000, Number.NaN])(
    "refuses %d Hz, with the remedy, whole and as it arrives",
    async (rateHz) => {
      const reason = new RegExp(`${rateHz} Hz is no sample rate.*Convert the sound to 48 kHz`);
      for (const refused of [
        resample(new Float32Array(10), rateHz, 16_000),
        resample(new Float32Array(10), 16_000, rateHz),
        openResampleStream(rateHz, 16_000),
        openResampleStream(16_000, rateHz),
      ]) {
        await expect(refused).rejects.toThrow(LabError);
        await expect(refused).rejects.toThrow(reason);
      }
    },
  );

  it("takes the lowest and the highest rate", async () => {
    const up = await resample(tone(1_000, 100, 1), 1_000, 16_000);
    expect(amplitudeOf(up, 100, 16_000, 1_600)).toBeCloseTo(0.5, 3);
    const down = await resample(tone(192_000, 1000, 1), 192_000, 16_000);
    expect(signalToNoise(down, tone(16_000, 1000, 1), 400)).toBeGreaterThan(100);
  });

  it.each([4_400, 5_000, 5_300])(
    "gives %i samples near the most that the library takes at once 192 times their rate",
    async (length) => {
      const samples = await resample(tone(1_001, 100, length / 1_001), 1_001, 192_000);
      expect(samples.length).toBe(Math.round((length * 192_000) / 1_001));
      expect(amplitudeOf(samples, 100, 192_000, 20_000)).toBeCloseTo(0.5, 3);
    },
  );

  it("keeps the last few converters, and sounds the same when one is loaded again", async () => {
    const opened = vi.mocked(create);
    const sound = tone(8_000, 300, 0.2);
    const first = await resample(sound, 8_000, 16_000);
    opened.mockClear();
    const rates = [9_000, 10_000, 11_000, 12_000, 13_000];
    await Promise.all(rates.map((rate) => resample(sound, rate, 16_000)));
    await resample(sound, 13_000, 16_000); // still there
    const converters = await Promise.all(opened.mock.results.map(({ value }) => value as Promise<Converter>));
    expect(converters.map(({ isDestroyed }) => isDestroyed)).toEqual([true, false, false, false, false]);
    expect(await resample(sound, 8_000, 16_000)).toEqual(first);
  });
});
