import { describe, expect, it } from "vitest";
import { withoutOffset } from "../../src/audio/offset.js";

const tone = Float32Array.from({ length: 1_600 }, (_, i) => 0.1 * Math.sin((2 * Math.PI * i) / 16));
const wave = (samples: Float32Array) => ({ samples, sampleRate: 16_000 }) as const;

describe("sound without its offset", () => {
  it("is the sound around zero where the offset counts, and the very same where it does not", () => {
    const raised = withoutOffset(wave(tone.map((sample) => sample + 0.3))).samples;
    raised.forEach((sample, i) => void expect(Math.abs(sample - tone[i]!)).toBeLessThan(1e-6));
    for (const offset of [0, 0.001]) {
      const sound = wave(tone.map((sample) => sample + offset));
      expect(withoutOffset(sound)).toBe(sound);
    }
  });

  it("leaves alone what never moves, and nothing", () => {
    for (const samples of [new Float32Array(100).fill(0.5), new Float32Array(0)]) {
      const sound = wave(samples);
      expect(withoutOffset(sound)).toBe(sound);
    }
  });
});
