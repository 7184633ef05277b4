import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.js";
import { varyFrames, varyFramesPlainly } from "../../src/features/vary-frames.js";
import { warpOfBands } from "../../src/features/warp-bands.js";
import { varyFramesByVectors } from "../../src/features/wasm/vary-by-vectors.js";

const clipOf = (frames: number, bands: number, seed: number) => {
  const random = createRandom(seed);
  return { values: Float32Array.from({ length: frames * bands }, random.normal), frames, bands };
};

describe("varyFrames", () => {
  it("by vectors is that of plain JavaScript bit for bit, and touches nothing around", () => {
    fc.assert(
      fc.property(
        fc.record({
          frames: fc.integer({ min: 1, max: 90 }),
          pairs: fc.integer({ min: 1, max: 40 }),
          length: fc.integer({ min: 1, max: 120 }),
          factor: fc.double({ min: 0.5, max: 2, noNaN: true }),
          shift: fc.double({ min: -3, max: 3, noNaN: true }),
          part: fc.double({ min: 0, max: 1, noNaN: true }),
          seed: fc.nat(),
        }),
        ({ frames, pairs, length, factor, shift, part, seed }) => {
          const bands = 2 * pairs;
          const clip = clipOf(frames, bands, seed);
          const from = Math.floor(part * (length - 1));
          const count = length - from;
          const variation = { length, from, count, warp: warpOfBands(bands, factor), shift };
          const [one, two] = [0, 1].map(() => new Float32Array((count + 2) * bands).fill(7)) as [
            Float32Array,
            Float32Array,
          ];
          expect(varyFramesByVectors(clip, variation, one, bands)).toBe(true);
          varyFramesPlainly(clip, variation, two, bands);
          expect(one).toEqual(two);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("takes an odd number of bands, and no frames at all, which vectors leave to plain JavaScript", () => {
    const clip = clipOf(5, 3, 1);
    const variation = { length: 5, from: 0, count: 5, warp: warpOfBands(3, 1), shift: 0.5 };
    const out = new Float32Array(15);
    expect(varyFramesByVectors(clip, variation, out, 0)).toBe(false);
    varyFrames(clip, variation, out, 0);
    expect(out).toEqual(clip.values.map((value) => value + 0.5));
    varyFrames(clipOf(0, 4, 1), { ...variation, warp: warpOfBands(4, 1), length: 0, count: 0 }, out, 0);
    expect(out).toEqual(clip.values.map((value) => value + 0.5));
  });
});
