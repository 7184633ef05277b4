import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { peakNormalise, prepareWave, trimSilence } from "../../src/audio/trim.js";
import { goldens, tone } from "./tones.js";

interface TrimCase {
  readonly length: number;
  readonly begin: number;
  readonly end: number;
  readonly floor: number;
  readonly topDecibels: number;
  readonly kept: readonly [number, number];
}

const { cases } = JSON.parse(readFileSync(join(goldens, "trim-librosa.json"), "utf8")) as {
  cases: TrimCase[];
};

/** A burst between near-silences: the formula of scripts/goldens/audio-fixtures.py. */
function burst({ length, begin, end, floor }: TrimCase): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    const quiet = floor * Math.sin((2 * Math.PI * i) / 37);
    if (i < begin || i >= end) return quiet;
    return quiet + 0.8 * Math.sin((2 * Math.PI * i) / 50) * Math.sin((Math.PI * (i - begin)) / (end - begin));
  });
}

describe("trimSilence", () => {
  it.each(cases)(
    "keeps the samples that librosa.effects.trim keeps: $begin to $end of $length, $topDecibels dB",
    (one) => {
      const samples = burst(one);
      const kept = trimSilence(samples, one.topDecibels);
      const start = (kept.byteOffset - samples.byteOffset) / 4;
      expect([start, start + kept.length]).toEqual(one.kept);
    },
  );

  it("refuses a threshold that is not positive", () => {
    expect(() => trimSilence(tone(16_000, 100), 0)).toThrow(/topDecibels is 0/);
    expect(() => trimSilence(tone(16_000, 100), Number.NaN)).toThrow(/topDecibels is NaN/);
  });
});

describe("peakNormalise", () => {
  it("scales the largest magnitude to 1 and leaves its input alone", () => {
    const samples = Float32Array.of(0.1, -0.4, 0.2);
    expect([...peakNormalise(samples)]).toEqual([0.25, -1, 0.5].map((value) => expect.closeTo(value, 6)));
    expect(samples[1]).toBe(Math.fround(-0.4));
  });

  it("leaves silence silent", () => {
    expect([...peakNormalise(new Float32Array(3))]).toEqual([0, 0, 0]);
  });
});

describe("prepareWave", () => {
  const samples = new Float32Array(32_000);
  samples.set(tone(16_000, 440, 0.5, 0.3), 12_000);

  it("does only what it is asked for", () => {
    expect(prepareWave(samples, { trimDecibels: null, peakNormalise: false })).toBe(samples);
    const trimmed = prepareWave(samples, { trimDecibels: 30, peakNormalise: false });
    expect(trimmed.length).toBeLessThan(12_000);
    const both = prepareWave(samples, { trimDecibels: 30, peakNormalise: true });
    expect(both.length).toBe(trimmed.length);
    expect(Math.max(...both)).toBeCloseTo(1, 3);
  });
});
