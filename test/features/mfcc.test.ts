import { describe, expect, it } from "vitest";
import type { MfccSpec } from "../../src/features/feature-spec.js";
import { mfcc } from "../../src/features/mfcc.js";
import { goldenSound, largestDistance, readGolden, unpackFloats } from "./golden.js";

interface Golden {
  source: string;
  cases: { sound: string; spec: MfccSpec; frames: number; values: string; slopes?: string; bends?: string }[];
}

/** Columns `from` to `from + count` - 1 of rows of `width`. */
const columns = (values: Float32Array, width: number, from: number, count: number): Float32Array =>
  values.filter((_, i) => i % width >= from && i % width < from + count);

describe("MFCC", () => {
  const golden = readGolden<Golden>("librosa-mfcc");

  for (const { sound, spec, frames, values, slopes, bends } of golden.cases) {
    it(`equals ${golden.source} within 0.01 on ${sound}`, () => {
      const features = mfcc(goldenSound(sound), { ...spec, deltas: false });
      expect([features.frames, features.bands]).toEqual([frames, 20]);
      expect(largestDistance(features.values, unpackFloats(values))).toBeLessThan(0.01);
    });

    if (slopes === undefined || bends === undefined) continue;
    it(`has ${golden.source}'s first and second differences on ${sound}`, () => {
      const features = mfcc(goldenSound(sound), { ...spec, deltas: true });
      expect([features.frames, features.bands]).toEqual([frames, 60]);
      expect(largestDistance(columns(features.values, 60, 0, 20), unpackFloats(values))).toBeLessThan(0.01);
      expect(largestDistance(columns(features.values, 60, 20, 20), unpackFloats(slopes))).toBeLessThan(1e-3);
      expect(largestDistance(columns(features.values, 60, 40, 20), unpackFloats(bends))).toBeLessThan(1e-3);
    });
  }

  const { spec } = golden.cases[0]!;

  it("refuses differences of a sound that is too short for them", () => {
    expect(() => mfcc(goldenSound("short"), { ...spec, deltas: true })).toThrow("2 frames is too short");
  });

  it("refuses more coefficients than bands", () => {
    expect(() => mfcc(goldenSound("chirp"), { ...spec, coefficients: 65, deltas: false })).toThrow(
      "65 coefficients",
    );
  });
});
