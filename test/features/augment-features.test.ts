import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.js";
import { augmentFeatures, usualFeatureAugmentation } from "../../src/features/augment-features.js";
import type { Features } from "../../src/features/feature-spec.js";
import { placeFeatures } from "../../src/features/place-features.js";
import { maskBands, maskFrames } from "../../src/features/spec-augment.js";
import { stretchFrames } from "../../src/features/stretch-features.js";
import { warpBands } from "../../src/features/warp-bands.js";

/** Value of frame f and band b: 1 + f + 100 b, so that every cell is known and none is 0. */
const ramp = (frames: number, bands: number): Features => ({
  values: Float32Array.from(
    { length: frames * bands },
    (_, i) => 1 + Math.floor(i / bands) + 100 * (i % bands),
  ),
  frames,
  bands,
});

describe("stretchFrames", () => {
  it("interpolates linearly and keeps both ends", () => {
    expect(stretchFrames(ramp(3, 1), 5 / 3).values).toEqual(Float32Array.from([1, 1.5, 2, 2.5, 3]));
    expect(stretchFrames(ramp(5, 2), 0.6).values).toEqual(Float32Array.from([1, 101, 3, 103, 5, 105]));
  });

  it("keeps every band apart and at least one frame", () => {
    expect(stretchFrames(ramp(4, 3), 0.01)).toEqual({
      values: Float32Array.from([1, 101, 201]),
      frames: 1,
      bands: 3,
    });
    expect(stretchFrames(ramp(1, 2), 3).values).toEqual(Float32Array.from([1, 101, 1, 101, 1, 101]));
  });

  it("refuses a factor that is not positive", () => {
    for (const factor of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => stretchFrames(ramp(3, 1), factor)).toThrow(`factor is ${factor}`);
    }
  });
});

describe("warpBands", () => {
  it("puts what lay at a band at the band times the factor, between bands by linear interpolation", () => {
    expect(warpBands(ramp(2, 5), 2).values).toEqual(
      Float32Array.from([1, 51, 101, 151, 201, 2, 52, 102, 152, 202]),
    );
    expect(warpBands(ramp(1, 5), 0.5).values).toEqual(Float32Array.from([1, 201, 401, 401, 401]));
  });

  it("leaves clips as they are at 1, and the only number of a frame at any factor", () => {
    expect(warpBands(ramp(4, 3), 1)).toEqual(ramp(4, 3));
    expect(warpBands(ramp(4, 1), 1.3)).toEqual(ramp(4, 1));
  });

  it("refuses a factor that is not positive", () => {
    for (const factor of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => warpBands(ramp(3, 2), factor)).toThrow(`factor is ${factor}`);
    }
  });
});

describe("placeFeatures", () => {
  it("puts a short clip into the middle of zeros and overwrites what was there", () => {
    const out = new Float32Array(12).fill(9);
    expect(placeFeatures(ramp(2, 2), 4, null, out, 2)).toEqual({ start: 1, length: 2 });
    expect(out).toEqual(Float32Array.from([9, 9, 0, 0, 1, 101, 2, 102, 0, 0, 9, 9]));
  });

  it("takes the middle of a long clip", () => {
    const out = new Float32Array(3);
    expect(placeFeatures(ramp(7, 1), 3, null, out)).toEqual({ start: 0, length: 3 });
    expect(out).toEqual(Float32Array.from([3, 4, 5]));
  });

  it("reaches every place at random, and only whole clips or whole rows", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer(),
        (clip, frames, seed) => {
          const seen = new Set<number>();
          const random = createRandom(seed);
          for (let round = 0; round < 200; round++) {
            const out = new Float32Array(frames).fill(-1);
            const { start, length } = placeFeatures(ramp(clip, 1), frames, random, out);
            expect(length).toBe(Math.min(clip, frames));
            const first = out[start]!;
            seen.add(first - 1 + start);
            expect([...out]).toEqual(
              Array.from({ length: frames }, (_, f) =>
                f >= start && f < start + length ? first + f - start : 0,
              ),
            );
          }
          expect(seen.size).toBe(Math.abs(clip - frames) + 1);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("refuses a row that does not fit", () => {
    expect(() => placeFeatures(ramp(2, 2), 4, null, new Float32Array(8), 1)).toThrow("does not fit");
    expect(() => placeFeatures(ramp(2, 2), 4, null, new Float32Array(8), -1)).toThrow("does not fit");
  });
});

describe("SpecAugment masks", () => {
  const [frames, bands] = [50, 16];

  it("sets whole frames to 0: contiguous, no longer than asked, of every length", () => {
    const random = createRandom(3);
    const lengths = new Set<number>();
    for (let round = 0; round < 200; round++) {
      const { values } = ramp(frames, bands);
      maskFrames(values, frames, bands, { count: 1, mostFrames: 5 }, random);
      const masked = Array.from({ length: frames }, (_, f) => values.subarray(f * bands, (f + 1) * bands));
      const zero = masked.map((row) => row.every((value) => value === 0));
      expect(masked.every((row, f) => zero[f] || row.every((value) => value !== 0))).toBe(true);
      const length = zero.filter(Boolean).length;
      if (length > 0) expect(zero.lastIndexOf(true) - zero.indexOf(true) + 1).toBe(length);
      lengths.add(length);
    }
    expect([...lengths].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("sets neighbouring bands of every frame to 0", () => {
    const random = createRandom(4);
    const widths = new Set<number>();
    for (let round = 0; round < 200; round++) {
      const { values } = ramp(frames, bands);
      maskBands(values, frames, bands, { count: 1, mostBands: 4 }, random);
      const zero = Array.from({ length: bands }, (_, b) => values[b] === 0);
      expect(Array.from(values, (value) => value === 0)).toEqual(
        Array.from(values, (_, i) => zero[i % bands]),
      );
      widths.add(zero.filter(Boolean).length);
    }
    expect([...widths].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it("masks nothing when none are asked for, and at most everything", () => {
    const { values } = ramp(3, 2);
    maskFrames(values, 3, 2, { count: 0, mostFrames: 25 }, createRandom(0));
    maskBands(values, 3, 2, { count: 0, mostBands: 10 }, createRandom(0));
    expect(values).toEqual(ramp(3, 2).values);
    maskFrames(values, 3, 2, { count: 50, mostFrames: 25 }, createRandom(0));
    expect(values.every((value) => value === 0)).toBe(true);
  });

  it("draws the same masks from the same seed", () => {
    const [one, two] = [ramp(frames, bands).values, ramp(frames, bands).values];
    for (const values of [one, two])
      maskFrames(values, frames, bands, { count: 2, mostFrames: 25 }, createRandom(8));
    expect(one).toEqual(two);
  });
});

describe("augmentFeatures", () => {
  const clip = ramp(100, 16);

  it("with no options only places the clip at random", () => {
    const [one, two] = [new Float32Array(130 * 16), new Float32Array(130 * 16)];
    const placement = augmentFeatures(clip, 130, {}, createRandom(5), one);
    expect(placement).toEqual(placeFeatures(clip, 130, createRandom(5), two));
    expect(one).toEqual(two);
  });

  it("stretches within the range and shifts the level within the range", () => {
    const random = createRandom(6);
    const lengths: number[] = [];
    const shifts: number[] = [];
    for (let round = 0; round < 500; round++) {
      const out = new Float32Array(130 * 16);
      const { start, length } = augmentFeatures(clip, 130, { stretch: 0.15, level: 0.2 }, random, out);
      lengths.push(length);
      shifts.push(out[start * 16]! - clip.values[0]!);
      expect(out[(start + length) * 16 - 1]! - clip.values.at(-1)!).toBeCloseTo(shifts.at(-1)!, 3);
    }
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([85, 115]);
    expect(Math.min(...shifts)).toBeGreaterThanOrEqual(-0.2001);
    expect(Math.max(...shifts)).toBeLessThanOrEqual(0.2001);
    expect(Math.max(...shifts) - Math.min(...shifts)).toBeGreaterThan(0.35);
  });

  it("is its parts one after the other, number by number", () => {
    const noise = createRandom(8);
    for (const frames of [0, 1, 90, 140]) {
      const given = { values: Float32Array.from({ length: frames * 16 }, noise.normal), frames, bands: 16 };
      const masks = { timeMasks: 2, timeMaskFrames: 20, bandMasks: 2, bandMaskBands: 4 };
      const fused = new Float32Array(130 * 16).fill(9);
      const options = { stretch: 0.15, bandWarp: 0.1, level: 0.2, ...masks };
      augmentFeatures(given, 130, options, createRandom(9), fused);

      const random = createRandom(9);
      const stretched = stretchFrames(given, random.between(0.85, 1.15));
      const warped = warpBands(stretched, random.between(0.9, 1.1));
      const shift = random.between(-0.2, 0.2);
      const out = new Float32Array(130 * 16);
      const { start, length } = placeFeatures(warped, 130, random, out);
      for (let i = start * 16; i < (start + length) * 16; i++) out[i]! += shift;
      maskFrames(out, 130, 16, { count: 2, mostFrames: 20 }, random);
      maskBands(out, 130, 16, { count: 2, mostBands: 4 }, random);
      expect(fused).toEqual(out);
    }
  });

  it("keeps a stretch of the clip when it crops: of every length asked for, from its beginning to its end", () => {
    const random = createRandom(10);
    const first: number[] = [];
    const lengths: number[] = [];
    for (let round = 0; round < 1000; round++) {
      const out = new Float32Array(130 * 16);
      const { start, length } = augmentFeatures(clip, 130, { crop: 0.4 }, random, out);
      const frame = out[start * 16]! - 1;
      expect(out[(start + length) * 16 - 1]).toBe(clip.values[(frame + length) * 16 - 1]);
      first.push(frame);
      lengths.push(length);
    }
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([60, 100]);
    expect(Math.min(...first)).toBe(0);
    expect(Math.max(...first.map((frame, i) => frame + lengths[i]!))).toBe(100);
  });

  it("crops before everything else, and never to nothing", () => {
    const [cropped, whole] = [new Float32Array(90 * 16), new Float32Array(90 * 16)];
    augmentFeatures(clip, 90, { crop: 0.5, ...usualFeatureAugmentation }, createRandom(11), cropped);
    const random = createRandom(11);
    const frames = Math.round(100 * random.between(0.5, 1));
    const start = random.below(100 - frames + 1);
    const part = { values: clip.values.slice(start * 16, (start + frames) * 16), frames, bands: 16 };
    augmentFeatures(part, 90, usualFeatureAugmentation, random, whole);
    expect(cropped).toEqual(whole);

    const out = new Float32Array(3);
    expect(augmentFeatures(ramp(1, 1), 3, { crop: 0.9 }, random, out).length).toBe(1);
    expect(augmentFeatures(ramp(0, 1), 3, { crop: 0.9 }, random, out).length).toBe(0);
  });

  it("warps bands within the range, both ways", () => {
    const random = createRandom(7);
    const line: Features = {
      values: Float32Array.from({ length: 32 }, (_, band) => band),
      frames: 1,
      bands: 32,
    };
    const factors = Array.from({ length: 300 }, () => {
      const out = new Float32Array(32);
      augmentFeatures(line, 1, { bandWarp: 0.1 }, random, out);
      return 20 / out[20]!;
    });
    expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.8999);
    expect(Math.max(...factors)).toBeLessThanOrEqual(1.1001);
    expect(Math.max(...factors) - Math.min(...factors)).toBeGreaterThan(0.17);
  });

  it("writes its row of the batch only, the same for the same seed, and leaves the clip as it is", () => {
    const draw = (): Float32Array => {
      const out = new Float32Array(3 * 90 * 16).fill(7);
      augmentFeatures(clip, 90, usualFeatureAugmentation, createRandom(9), out, 90 * 16);
      return out;
    };
    const out = draw();
    expect(out.subarray(0, 90 * 16).every((value) => value === 7)).toBe(true);
    expect(out.subarray(90 * 16, 180 * 16).includes(7)).toBe(false);
    expect(out.subarray(180 * 16).every((value) => value === 7)).toBe(true);
    expect(draw()).toEqual(out);
    expect(clip).toEqual(ramp(100, 16));
  });

  it("refuses options out of their range", () => {
    const augment = (options: object) =>
      augmentFeatures(clip, 90, options, createRandom(0), new Float32Array(90 * 16));
    expect(() => augment({ crop: 1 })).toThrow("crop is 1");
    expect(() => augment({ stretch: 1 })).toThrow("stretch is 1");
    expect(() => augment({ bandWarp: 1.5 })).toThrow("bandWarp is 1.5");
    expect(() => augment({ level: Number.NaN })).toThrow("level is NaN");
    expect(() => augment({ timeMasks: -1 })).toThrow("timeMasks is -1");
    expect(() => augment({ bandMaskBands: 2.5 })).toThrow("bandMaskBands is 2.5");
  });
});
