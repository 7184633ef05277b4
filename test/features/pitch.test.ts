import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.js";
import { trackPitch, usualPitch } from "../../src/features/pitch.js";
import { goldenSound } from "./golden.js";

const rate = 16_000;
const sound = (at: (seconds: number) => number, seconds = 0.6): Float32Array =>
  Float32Array.from({ length: seconds * rate }, (_, n) => at(n / rate));
const harmonics = (hz: number, amplitudes: readonly number[]) =>
  sound((t) => amplitudes.reduce((sum, a, k) => sum + a * Math.sin(2 * Math.PI * hz * (k + 1) * t), 0));

describe("pitch", () => {
  it.each([62, 80, 123.4, 220, 331, 440, 490])(
    "is within 1%% of a pure tone of %d Hz in every frame",
    (hz) => {
      const { hz: track, voicedPart } = trackPitch(harmonics(hz, [0.3]));
      expect(voicedPart).toBe(1);
      for (const value of track) expect(Math.abs(value! / hz - 1)).toBeLessThan(0.01);
    },
  );

  it.each([70, 110, 210, 350])("is the fundamental of a voice-like sound of %d Hz, not a harmonic", (hz) => {
    const { medianHz } = trackPitch(harmonics(hz, [0.1, 0.4, 0.3, 0.5, 0.2, 0.1]));
    expect(Math.abs(medianHz! / hz - 1)).toBeLessThan(0.01);
  });

  it("is heard where the fundamental itself is missing", () => {
    const { medianHz } = trackPitch(harmonics(150, [0, 0.4, 0.4, 0.3]));
    expect(Math.abs(medianHz! / 150 - 1)).toBeLessThan(0.01);
  });

  it("follows a glide", () => {
    // Phase 2π(100 t + 100 t²): the frequency is 100 + 200 t Hz.
    const { hz } = trackPitch(sound((t) => 0.4 * Math.sin(2 * Math.PI * (100 * t + 100 * t * t))));
    hz.forEach((value, frame) => {
      const middle = (frame * usualPitch.hopLength + 256) / rate;
      expect(Math.abs(value! / (100 + 200 * middle) - 1)).toBeLessThan(0.03);
    });
  });

  it("follows a spoken vowel of 30 harmonics under two formants", () => {
    const hzAt = (t: number) => 150 + 25 * Math.sin(2 * Math.PI * 1.5 * t);
    const phaseAt = (t: number) => 2 * Math.PI * 150 * t - (25 / 1.5) * (Math.cos(2 * Math.PI * 1.5 * t) - 1);
    const formant = (hz: number, centre: number, width: number) => 1 / (1 + ((hz - centre) / width) ** 2);
    const vowel = sound((t) => {
      let sum = 0;
      for (let k = 1; k <= 30; k++) {
        const hz = k * hzAt(t);
        sum += (formant(hz, 650, 80) + formant(hz, 1100, 90) + 0.02) * Math.sin(k * phaseAt(t));
      }
      return 0.2 * sum;
    }, 0.9);
    const { hz, voicedPart } = trackPitch(vowel);
    expect(voicedPart).toBeGreaterThan(0.9);
    hz.forEach((value, frame) => {
      if (value !== null) expect(Math.abs(value / hzAt((frame * 256 + 390) / rate) - 1)).toBeLessThan(0.02);
    });
  });

  it("calls frames unvoiced rather than wrong where a voice glides by an octave in a fifth of a second", () => {
    const { hz, voicedPart } = trackPitch(goldenSound("vowel"));
    expect(voicedPart).toBeGreaterThan(0.2);
    hz.forEach((value, frame) => {
      const truth = 120 + 60 * Math.sin((2 * Math.PI * 1.3 * (frame * 256 + 340)) / rate);
      if (value !== null) expect(Math.abs(value / truth - 1)).toBeLessThan(0.04);
    });
  });

  it("is absent in noise, in silence and after the voice has ended", () => {
    const random = createRandom(2);
    expect(trackPitch(sound(() => 0.2 * random.normal())).voicedPart).toBeLessThan(0.05);
    expect(trackPitch(new Float32Array(8000))).toMatchObject({ voicedPart: 0, medianHz: null });
    const ended = trackPitch(sound((t) => (t < 0.3 ? 0.5 : 0.0005) * Math.sin(2 * Math.PI * 200 * t)));
    expect(ended.hz[0]).toBeCloseTo(200, 0);
    expect(ended.hz.at(-1)).toBeNull();
  });

  it("has no frames in a sound too short for one period, and refuses impossible ranges", () => {
    expect(trackPitch(new Float32Array(300))).toEqual({ hz: [], voicedPart: 0, medianHz: null });
    expect(() => trackPitch(new Float32Array(9000), { ...usualPitch, lowestHz: 600 })).toThrow(
      "600 to 500 Hz",
    );
    expect(() => trackPitch(new Float32Array(9000), { ...usualPitch, hopLength: 0 })).toThrow("hop of 0");
  });
});
