import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.js";
import type { Features } from "../../src/features/feature-spec.js";
import { fitStandardisation, standardise } from "../../src/features/standardise.js";

const features = (bands: number, ...values: number[]): Features => ({
  values: Float32Array.from(values),
  frames: values.length / bands,
  bands,
});

describe("standardisation", () => {
  it("has the mean and the population deviation of each band over all frames of all clips", () => {
    // Worked by hand: band 0 holds 1, 3, 8 (mean 4, variance 26/3), band 1 holds 10, 10, 40 (mean 20, variance 200).
    const { mean, deviation } = fitStandardisation([features(2, 1, 10, 3, 10), features(2, 8, 40)]);
    expect(mean).toEqual([4, 20]);
    expect(deviation[0]).toBeCloseTo(Math.sqrt(26 / 3), 12);
    expect(deviation[1]).toBeCloseTo(Math.sqrt(200), 12);
  });

  it("makes training frames of mean 0 and deviation 1", () => {
    const random = createRandom(7);
    const clips = [40, 3, 90].map((frames) =>
      features(8, ...Array.from({ length: frames * 8 }, (_, i) => -50 + 3 * (i % 8) * random.normal())),
    );
    const s = fitStandardisation(clips);
    const again = fitStandardisation(clips.map((clip) => standardise(clip, s)));
    // Band 0 was constant: nothing but its mean is taken off.
    expect(again.mean.every((mean) => Math.abs(mean) < 1e-5)).toBe(true);
    expect(again.deviation.every((deviation) => Math.abs(deviation - 1) < 1e-5)).toBe(true);
  });

  it("loses no digits to a mean that is large beside its deviation", () => {
    const { deviation } = fitStandardisation([features(1, 1e6, 1e6 + 1, 1e6 + 2)]);
    expect(deviation[0]).toBeCloseTo(Math.sqrt(2 / 3), 9);
  });

  it("gives a constant band 0, not a number divided by nothing", () => {
    const clip = features(2, -100, 1, -100, 2);
    expect(standardise(clip, fitStandardisation([clip])).values).toEqual(Float32Array.from([0, -1, 0, 1]));
  });

  it("leaves the given features as they are", () => {
    const clip = features(1, 1, 2, 3);
    standardise(clip, { mean: [2], deviation: [1] });
    expect(clip).toEqual(features(1, 1, 2, 3));
  });

  it("refuses nothing, mixed bands, values that are not finite, and statistics of other bands", () => {
    expect(() => fitStandardisation([])).toThrow("no frames");
    expect(() => fitStandardisation([features(1, 1), features(2, 1, 2)])).toThrow("2 bands");
    expect(() => fitStandardisation([features(1, 1, Number.NaN)])).toThrow("not finite");
    expect(() => standardise(features(2, 1, 2), { mean: [0], deviation: [1] })).toThrow("2 bands");
  });
});
