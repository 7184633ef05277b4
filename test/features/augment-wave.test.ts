import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.js";
import {
  augmentWave,
  recordingAugmentation,
  usualWaveAugmentation,
} from "../../src/features/augment-wave.js";
import { trackPitch } from "../../src/features/pitch.js";
import { codeCoarsely } from "../../src/features/wave-coding.js";
import { bandLimit, bandPass, convolve, tilt } from "../../src/features/wave-filters.js";
import { addNoise, changeGain, meanPower, reverberate } from "../../src/features/wave-room.js";
import { changeSpeed, shiftPitch, shiftTime, stretchTime } from "../../src/features/wave-time.js";
import { goldenSound, largestDistance } from "./golden.js";

const rate = 16_000;
const tone = (hz: number, seconds = 1): Float32Array =>
  Float32Array.from(
    { length: Math.round(seconds * rate) },
    (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / rate),
  );
const middle = (samples: Float32Array): Float32Array => samples.slice(2000, samples.length - 2000);
const decibels = (samples: Float32Array, reference: Float32Array): number =>
  10 * Math.log10(meanPower(samples) / meanPower(reference));
const hzOf = (samples: Float32Array): number => trackPitch(samples).medianHz!;

describe("speed", () => {
  it.each([0.85, 1.18])("×%d gives the tone of that frequency, cleanly", (factor) => {
    const fast = changeSpeed(tone(300), factor);
    expect(fast.length).toBe(Math.round(rate / factor));
    const expected = tone(300 * factor, fast.length / rate);
    const error = fast.map((value, i) => value - expected[i]!);
    expect(decibels(middle(error), middle(expected))).toBeLessThan(-60);
  });

  it("removes what would fold back from above 8 kHz", () => {
    expect(decibels(middle(changeSpeed(tone(7500), 1.5)), tone(7500))).toBeLessThan(-40);
  });

  it("refuses factors that make no sense", () => {
    for (const factor of [0, -1, 5, Number.NaN])
      expect(() => changeSpeed(tone(300), factor)).toThrow(`${factor}`);
  });
});

describe("stretch and pitch", () => {
  it.each([0.8, 1.25])("a stretch ×%d keeps pitch and level", (factor) => {
    const stretched = stretchTime(tone(200), factor);
    expect(stretched.length).toBe(Math.round(rate * factor));
    expect(Math.abs(hzOf(stretched) / 200 - 1)).toBeLessThan(0.01);
    expect(Math.abs(decibels(middle(stretched), tone(200)))).toBeLessThan(1);
  });

  it.each([-3, 2])("a shift by %d semitones keeps length and level", (semitones) => {
    const shifted = shiftPitch(tone(200), semitones);
    expect(shifted.length).toBe(rate);
    expect(Math.abs(hzOf(shifted) / (200 * 2 ** (semitones / 12)) - 1)).toBeLessThan(0.01);
    expect(Math.abs(decibels(middle(shifted), tone(200)))).toBeLessThan(1);
  });

  it("copes with sounds shorter than its pieces", () => {
    expect(stretchTime(tone(200).slice(0, 100), 1.5).length).toBe(150);
    expect(shiftPitch(tone(200).slice(0, 5), 2).length).toBe(5);
  });
});

describe("time shift", () => {
  const short = Float32Array.from([1, 2, 3, 4]);
  it("moves samples and fills with silence, even beyond the end", () => {
    expect(shiftTime(short, 1 / rate)).toEqual(Float32Array.from([0, 1, 2, 3]));
    expect(shiftTime(short, -2 / rate)).toEqual(Float32Array.from([3, 4, 0, 0]));
    for (const seconds of [1, -1]) expect(shiftTime(short, seconds)).toEqual(new Float32Array(4));
  });
});

describe("level, noise and room", () => {
  it("raises the level by the given decibels", () => {
    expect(decibels(changeGain(tone(300), 6), tone(300))).toBeCloseTo(6, 4);
  });

  it.each([
    [20, 0],
    [5, -6],
  ])("adds noise at a ratio of %d dB (colour %d dB an octave)", (ratio, colour) => {
    const clean = goldenSound("vowel");
    const noisy = addNoise(clean, ratio, createRandom(1), colour);
    const noise = noisy.map((value, i) => value - clean[i]!);
    expect(decibels(clean, noise)).toBeCloseTo(ratio, 2);
    const dark = decibels(bandPass(noise, 100, 500), bandPass(noise, 4000, 7900));
    if (colour < 0) expect(dark).toBeGreaterThan(5);
    else expect(dark).toBeLessThan(-5);
  });

  it("lets a room ring on, at the same level, for as long as asked", () => {
    const click = new Float32Array(rate);
    click[1000] = 0.9;
    const wet = reverberate(click, { decaySeconds: 0.4, directToEchoDecibels: 0 }, createRandom(3));
    expect(decibels(wet, click)).toBeCloseTo(0, 3);
    const at = (seconds: number) => wet.slice(1000 + seconds * rate, 1000 + (seconds + 0.04) * rate);
    // 60 dB in 0.4 s: 30 dB in 0.2 s.
    expect(Math.abs(decibels(at(0.05), at(0.25)) - 30)).toBeLessThan(2);
    expect(Math.max(...wet.subarray(0, 999).map(Math.abs))).toBeLessThan(1e-6);
  });

  it("keeps silence silent", () => {
    const silence = new Float32Array(2000);
    expect(addNoise(silence, 10, createRandom(0))).toEqual(silence);
    expect(reverberate(silence, { decaySeconds: 0.3, directToEchoDecibels: 5 }, createRandom(0))).toEqual(
      silence,
    );
  });
});

describe("filters", () => {
  it("convolve as the definition does", () => {
    const [x, h] = [Float32Array.from([1, 2, 3, 4, 5]), [2, 0, -1]];
    const direct = x.map((_, n) => h.reduce((sum, weight, k) => sum + weight * (x[n - k] ?? 0), 0));
    expect(largestDistance(convolve(x, h), direct)).toBeLessThan(1e-6);
  });

  it.each([
    [1000, -0.5, 0.5],
    [300, -4, -2],
    [75, -60, -40],
    [7000, -25, -18],
  ])("a band of 300 to 3,500 Hz passes %d Hz with %d to %d dB", (hz, least, most) => {
    const gain = decibels(middle(bandPass(tone(hz), 300, 3500)), middle(tone(hz)));
    expect(gain).toBeGreaterThan(least);
    expect(gain).toBeLessThan(most);
  });

  it("a tilt of 3 dB an octave leaves 1 kHz and raises 4 kHz by 6 dB", () => {
    for (const [hz, gain] of [
      [1000, 0],
      [4000, 6],
      [250, -6],
    ] as const) {
      expect(decibels(middle(tilt(tone(hz), 3)), middle(tone(hz)))).toBeCloseTo(gain, 1);
    }
  });
});

describe("what recorders and codecs leave", () => {
  it("is nothing above half of the sample rate, and what lies below it as it was", () => {
    const gain = (hz: number) => decibels(middle(bandLimit(tone(hz), 4000)), middle(tone(hz)));
    for (const hz of [100, 1000, 3500]) expect(Math.abs(gain(hz))).toBeLessThan(0.05);
    for (const hz of [4100, 6000, 7900]) expect(gain(hz)).toBeLessThan(-60);
  });

  it("is the sound itself where a codec rounds to nearly nothing, and worse the coarser it rounds", () => {
    const clean = goldenSound("vowel");
    const ratio = (step: number): number => {
      const coded = codeCoarsely(clean, step);
      return decibels(
        clean,
        coded.map((value, i) => value - clean[i]!),
      );
    };
    expect(ratio(1e-6)).toBeGreaterThan(90);
    expect(ratio(0.3)).toBeGreaterThan(ratio(0.8));
    expect(ratio(0.8)).toBeGreaterThan(ratio(1.5));
    expect(ratio(1.5)).toBeGreaterThan(2);
  });

  it("keeps length and silence, also of sounds shorter than a frame", () => {
    expect(codeCoarsely(new Float32Array(3000), 0.5)).toEqual(new Float32Array(3000));
    for (const length of [0, 1, 300, 511, 513]) {
      const short = tone(300).slice(0, length);
      const same = codeCoarsely(short, 1e-6);
      expect(same.length).toBe(length);
      if (length > 0) expect(largestDistance(same, short)).toBeLessThan(1e-5);
    }
  });

  it("is drawn beside the usual variations, which stay as they are without it", () => {
    const vowel = goldenSound("vowel");
    const usual = augmentWave(vowel, usualWaveAugmentation, createRandom(4));
    expect(augmentWave(vowel, { ...usualWaveAugmentation, coding: undefined }, createRandom(4))).toEqual(
      usual,
    );
    const varied = [1, 2, 3, 4].map((seed) => augmentWave(vowel, recordingAugmentation, createRandom(seed)));
    for (const sound of varied) expect(sound.every(Number.isFinite)).toBe(true);
    expect(new Set(varied.map((sound) => sound[5000])).size).toBe(4);
  });
});

describe("augmentWave", () => {
  const vowel = goldenSound("vowel");

  it("gives the same sound for the same seed, others for other seeds, and leaves the given one", () => {
    const before = vowel.slice();
    const draws = [0, 0, 1, 2, 3].map((seed) =>
      augmentWave(vowel, usualWaveAugmentation, createRandom(seed)),
    );
    expect(draws[0]).toEqual(draws[1]);
    expect(new Set(draws.map((draw) => `${draw.length} ${draw[5000]}`)).size).toBeGreaterThan(2);
    expect(vowel).toEqual(before);
    for (const draw of draws) expect(draw.every(Number.isFinite)).toBe(true);
  });

  it("does nothing without options, with probability 0, and everything with probability 1", () => {
    expect(augmentWave(vowel, {}, createRandom(0))).toEqual(vowel);
    expect(augmentWave(vowel, { ...usualWaveAugmentation, probability: 0 }, createRandom(0))).toEqual(vowel);
    const options = { probability: 1, gainDecibels: [-6, -6], shiftSeconds: [0.1, 0.1] } as const;
    const changed = augmentWave(vowel, options, createRandom(0));
    expect(largestDistance(changed, changeGain(shiftTime(vowel, 0.1), -6))).toBe(0);
  });

  it("refuses a range that runs backwards", () => {
    const backwards = { probability: 1, noise: { signalToNoiseDecibels: [30, 10] } } as const;
    expect(() => augmentWave(vowel, backwards, createRandom(0))).toThrow(
      "signalToNoiseDecibels ranges from 30 to 10",
    );
  });
});
