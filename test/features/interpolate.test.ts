import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nativeFunctions } from "../../src/core/native-functions.js";
import { createRandom } from "../../src/core/random.js";
import { loadTensorFlow, nativeKernels } from "../../src/core/tensorflow.js";
import { interpolatePlainly } from "../../src/features/interpolate.js";
import { sincRows } from "../../src/features/sinc-rows.js";
import { interpolateByVectors } from "../../src/features/wasm/interpolate-by-vectors.js";

const noise = (length: number): Float32Array => {
  const random = createRandom(length);
  return Float32Array.from({ length }, () => random.normal());
};

/** The definition: every sample times the windowed sinc at its distance from the position. */
function interpolateExactly(samples: Float32Array, position: number, cutoff: number): number {
  const width = 16 / cutoff;
  let sum = 0;
  samples.forEach((sample, n) => {
    const distance = Math.abs(n - position);
    if (distance > width) return;
    const sinc = distance === 0 ? cutoff : Math.sin(Math.PI * cutoff * distance) / (Math.PI * distance);
    sum += sample * sinc * (0.5 + 0.5 * Math.cos((Math.PI * distance) / width));
  });
  return sum;
}

describe("interpolation between samples", () => {
  it.each([0.25, 0.88, 1, 1.14, 1.7, 4])(
    "by vectors is that of plain JavaScript bit for bit, and the definition within the table's error: step %d",
    (step) => {
      const cutoff = Math.min(1, 1 / step);
      const rows = sincRows(cutoff);
      for (const count of [1, 20, 3000]) {
        const samples = noise(count);
        const length = Math.max(1, Math.round(count / step));
        const plain = interpolatePlainly(samples, step, length, rows);
        expect(interpolateByVectors(samples, step, length, rows)).toEqual(plain);
        for (let i = 0; i < length; i += 7) {
          expect(Math.abs(plain[i]! - interpolateExactly(samples, i * step, cutoff))).toBeLessThan(1e-4);
        }
      }
    },
  );

  it("leaves nothing of a longer sound in the silence around a shorter one", () => {
    const rows = sincRows(1);
    const before = interpolateByVectors(noise(50), 0.9, 56, rows);
    interpolateByVectors(noise(100_000), 0.9, 111_111, rows);
    expect(interpolateByVectors(noise(50), 0.9, 56, rows)).toEqual(before);
  });
});

describe("interpolation by the addon", () => {
  beforeAll(() => void loadTensorFlow());
  const addon = () => require(nativeKernels.path) as { useInstructions(name: string): boolean };
  afterAll(() => void (nativeFunctions() !== null && addon().useInstructions("")));

  it.each(["plain", "avx2", "avx512"])("is that of plain JavaScript bit for bit: %s", (set) => {
    const native = nativeFunctions();
    if (native === null || !addon().useInstructions(set)) return; // there is no compiler, or not this processor
    for (const step of [0.25, 0.88, 1, 1.14, 4]) {
      const rows = sincRows(Math.min(1, 1 / step));
      for (const count of [0, 1, 20, 3000, 40_000]) {
        const samples = noise(count);
        const out = new Float32Array(Math.round(count / step));
        native.interpolate(samples, step, out, rows);
        expect(out).toEqual(interpolatePlainly(samples, step, out.length, rows));
      }
    }
  });

  it("refuses rows that are none, and a step that goes nowhere", () => {
    const native = nativeFunctions();
    if (native === null) return;
    const rows = sincRows(1);
    const out = new Float32Array(4);
    expect(() => native.interpolate(out, 1, out, { ...rows, taps: rows.taps + 4 })).toThrow("rows");
    expect(() => native.interpolate(out, Number.NaN, out, rows)).toThrow("step");
    expect(() => native.interpolate(out, 4, out, rows)).toThrow("behind the last sample");
  });
});
