import { describe, expect, it } from "vitest";
import { resample } from "../../src/audio/resample.js";
import { amplitudeOf, signalToNoise, tone } from "./tones.js";

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

  it("refuses rates that are none", async () => {
    await expect(resample(new Float32Array(10), 0, 16_000)).rejects.toThrow(/0 Hz is no sample rate/);
    await expect(resample(new Float32Array(10), Number.NaN, 16_000)).rejects.toThrow(/NaN/);
  });
});
