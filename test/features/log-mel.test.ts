import { describe, expect, it } from "vitest";
import type { LogMelSpec } from "../../src/features/feature-spec.js";
import { defaultLogMel } from "../../src/features/feature-spec.js";
import { logMel } from "../../src/features/log-mel.js";
import { goldenSound, largestDistance, readGolden, unpackFloats } from "./golden.js";

interface Golden {
  source: string;
  cases: { sound: string; layout: string; spec: LogMelSpec; frames: number; values: string }[];
}

describe("log-mel", () => {
  const golden = readGolden<Golden>("librosa-log-mel");

  for (const { sound, layout, spec, frames, values } of golden.cases) {
    it(`equals ${golden.source} within 0.01 dB on ${sound} (${layout})`, () => {
      const features = logMel(goldenSound(sound), spec);
      expect([features.frames, features.bands]).toEqual([frames, spec.bands]);
      expect(largestDistance(features.values, unpackFloats(values))).toBeLessThan(0.01);
    });
  }

  it("describes 3 s by 188 frames of 64 bands", () => {
    const features = logMel(new Float32Array(48_000).fill(0.1), defaultLogMel);
    expect([features.frames, features.bands, features.values.length]).toEqual([188, 64, 188 * 64]);
  });

  it("gives digital silence as -100 dB, not as minus infinity", () => {
    expect(new Set(logMel(new Float32Array(4000), defaultLogMel).values)).toEqual(new Set([-100]));
  });

  it("gives the same numbers whatever was computed before", () => {
    const chirp = goldenSound("chirp");
    const first = logMel(chirp, defaultLogMel);
    logMel(
      goldenSound("vowel").map((value) => value * 1000),
      defaultLogMel,
    );
    logMel(chirp, { ...defaultLogMel, windowLength: 400, bands: 20 });
    expect(logMel(chirp, defaultLogMel)).toEqual(first);
  });

  it.each([
    [{ bands: 0 }, "0 mel bands"],
    [{ bands: 64.5 }, "64.5 mel bands"],
    [{ lowestHz: 4000, highestHz: 300 }, "4000 to 300 Hz"],
    [{ highestHz: 9000 }, "to 9000 Hz"],
    [{ windowLength: 401 }, "401 samples"],
    [{ hopLength: 0 }, "hop of 0"],
    [{ hopLength: Number.NaN }, "hop of NaN"],
  ])("refuses a spec that makes no sense: %o", (change, message) => {
    expect(() => logMel(new Float32Array(4000), { ...defaultLogMel, ...change })).toThrow(message);
  });
});
