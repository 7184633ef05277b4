import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.js";
import { spectralDescriptors, summariseDescriptors } from "../../src/features/descriptors.js";
import { goldenSound, readGolden, unpackFloats } from "./golden.js";

interface Golden {
  source: string;
  cases: Record<"sound" | "centroidHz" | "rolloffHz" | "flatness" | "zeroCrossingRate", string>[];
}

const tone = (hz: number, seconds = 0.5): Float32Array =>
  Float32Array.from({ length: seconds * 16_000 }, (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / 16_000));
const random = createRandom(1);
const noise = Float32Array.from({ length: 16_000 }, () => 0.1 * random.normal());

/** Mean distance between two columns over the range of the reference. */
function relativeDistance(found: Float32Array, expected: Float32Array): number {
  expect(found.length).toBe(expected.length);
  const range = Math.max(...expected) - Math.min(...expected);
  return found.reduce((sum, value, i) => sum + Math.abs(value - expected[i]!), 0) / found.length / range;
}

describe("spectral descriptors", () => {
  const golden = readGolden<Golden>("librosa-descriptors");
  for (const { sound, ...expected } of golden.cases) {
    it(`agree with ${golden.source} on ${sound} within 4% of each one's range (the windows differ at their ends)`, () => {
      const found = spectralDescriptors(goldenSound(sound));
      for (const name of ["centroidHz", "rolloffHz", "flatness", "zeroCrossingRate"] as const) {
        expect(relativeDistance(found[name], unpackFloats(expected[name])), name).toBeLessThan(0.04);
      }
    });
  }

  it("know a tone's frequency, its energy, and that nothing changes", () => {
    const { centroidHz, energy, zeroCrossingRate, flux, flatness } = summariseDescriptors(
      spectralDescriptors(tone(1000)),
    );
    expect(centroidHz.mean).toBeCloseTo(1000, -1);
    expect(energy.mean).toBeCloseTo(0.125, 2);
    expect(zeroCrossingRate.mean).toBeCloseTo(2000 / 16_000, 2);
    expect(flux.mean).toBeLessThan(0.02);
    expect(flatness.mean).toBeLessThan(0.02);
  });

  it("see noise as flat and a change of tone as flux", () => {
    expect(summariseDescriptors(spectralDescriptors(noise)).flatness.mean).toBeGreaterThan(0.7);
    const { flux } = spectralDescriptors(Float32Array.from([...tone(500), ...tone(2000)]));
    expect(Math.abs(flux.indexOf(Math.max(...flux)) * 256 - (8000 - 512))).toBeLessThan(512);
  });

  it("give silent frames 0, never NaN, and leave them out of the summary", () => {
    const padded = spectralDescriptors(Float32Array.from([...new Float32Array(4096), ...tone(1000)]));
    expect(padded.centroidHz[0]).toBe(0);
    for (const column of Object.values(padded)) expect([...column].every(Number.isFinite)).toBe(true);
    expect(padded.energy.filter((value) => value > 0).length).toBeLessThan(padded.energy.length - 10);
    expect(summariseDescriptors(padded).zeroCrossingRate.mean).toBeCloseTo(0.125, 1);
    const silence = summariseDescriptors(spectralDescriptors(new Float32Array(2048)));
    expect(silence.centroidHz).toEqual({ mean: 0, deviation: 0 });
  });

  it("refuse a sound shorter than a window, and windows that are no power of two", () => {
    expect(() => spectralDescriptors(tone(440).subarray(0, 1023))).toThrow("1023 samples has no frame");
    expect(() => spectralDescriptors(tone(440), 1000)).toThrow("Frames of 1000 samples");
    expect(() => spectralDescriptors(tone(440), 1024, 0)).toThrow("every 0");
  });
});
