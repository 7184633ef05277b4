import { describe, expect, it } from "vitest";
import { prepareWave } from "../../src/audio/trim.js";
import type { Wave } from "../../src/audio/wave.js";
import { extractFeatures } from "../../src/features/extract.js";
import { defaultLogMel, type FeatureSpec } from "../../src/features/feature-spec.js";
import { logMel } from "../../src/features/log-mel.js";
import { mfcc } from "../../src/features/mfcc.js";
import { whisperMel } from "../../src/features/whisper-mel.js";
import { goldenSound } from "./golden.js";

const wave = (samples: Float32Array): Wave => ({ samples, sampleRate: 16_000 });
const asIs = { trimDecibels: null, peakNormalise: false } as const;
const vowel = goldenSound("vowel");
const mfccSpec = { ...defaultLogMel, ...asIs, kind: "mfcc", coefficients: 13, deltas: true } as const;

describe("extractFeatures", () => {
  it("computes what the spec names", () => {
    expect(extractFeatures(wave(vowel), { ...defaultLogMel, ...asIs })).toEqual(logMel(vowel, defaultLogMel));
    expect(extractFeatures(wave(vowel), mfccSpec)).toEqual(mfcc(vowel, mfccSpec));
    expect(extractFeatures(wave(vowel), { kind: "whisper-mel", bands: 80, ...asIs })).toEqual(
      whisperMel(vowel),
    );
    const raw = extractFeatures(wave(vowel), { kind: "waveform", ...asIs });
    expect(raw).toEqual({ values: vowel, frames: vowel.length, bands: 1 });
    expect(raw.values).not.toBe(vowel);
  });

  it("takes samples to mean 0 and variance 1 where the spec asks for it, silence to 0", () => {
    const spec = { kind: "waveform", unitVariance: true, ...asIs } as const;
    const { values } = extractFeatures(wave(vowel.map((v) => v + 0.2)), spec);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(0, 5);
    expect(variance).toBeCloseTo(1, 3);
    const silence = extractFeatures(wave(new Float32Array(100)), spec);
    expect(silence).toEqual({ values: new Float32Array(100), frames: 100, bands: 1 });
  });

  it("prepares the sound as the spec says: trimmed, then peak-normalised", () => {
    const padded = Float32Array.from([
      ...new Float32Array(8000),
      ...vowel.map((v) => v / 3),
      ...new Float32Array(8000),
    ]);
    const expected = prepareWave(padded, defaultLogMel);
    expect(expected.length).toBeLessThan(padded.length - 12_000);
    expect(extractFeatures(wave(padded), defaultLogMel)).toEqual(logMel(expected, defaultLogMel));
  });

  it("does not depend on the recording's level when it is peak-normalised", () => {
    const loud = extractFeatures(wave(vowel), defaultLogMel).values;
    const quiet = extractFeatures(wave(vowel.map((value) => value / 64)), defaultLogMel).values;
    expect(quiet).toEqual(loud);
  });

  it("leaves the given samples as they are", () => {
    const before = vowel.slice();
    extractFeatures(wave(vowel), defaultLogMel);
    expect(vowel).toEqual(before);
  });

  it("refuses an empty sound, samples that are no numbers, and features that do not exist", () => {
    expect(() => extractFeatures(wave(new Float32Array(0)), defaultLogMel)).toThrow("empty");
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const samples = vowel.slice();
      samples[700] = bad;
      expect(() => extractFeatures(wave(samples), defaultLogMel)).toThrow("not numbers");
    }
    const unknown = { kind: "chroma", ...asIs } as unknown as FeatureSpec;
    expect(() => extractFeatures(wave(vowel), unknown)).toThrow('no features "chroma"');
  });
});
