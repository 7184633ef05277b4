import { describe, expect, it } from "vitest";
import { whisperMel } from "../../src/features/whisper-mel.js";
import { goldenSound, largestDistance, readGolden, unpackFloats } from "./golden.js";

interface Golden {
  source: string;
  cases: { sound: string; frames: number; values: string }[];
}

describe("Whisper's log-mel", () => {
  const golden = readGolden<Golden>("transformers-whisper-mel");

  for (const { sound, frames, values } of golden.cases) {
    it(`equals ${golden.source} within 1e-4 on ${sound}, not padded`, () => {
      const features = whisperMel(goldenSound(sound));
      expect([features.frames, features.bands]).toEqual([frames, 80]);
      expect(largestDistance(features.values, unpackFloats(values))).toBeLessThan(1e-4);
    });
  }

  it("refuses a sound without a whole frame", () => {
    expect(whisperMel(new Float32Array(160)).frames).toBe(1);
    expect(() => whisperMel(new Float32Array(159))).toThrow("159 samples is too short");
  });
});
