import { describe, expect, it } from "vitest";
import { halfToSingle, singleToHalf } from "../../src/core/half-precision.js";

const toHalf = (value: number): number => singleToHalf(Float32Array.of(value))[0]!;
const toSingle = (half: number): number => halfToSingle(Uint16Array.of(half))[0]!;

describe("half precision", () => {
  // IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction.
  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x03ff, 1023 * 2 ** -24],
    [0x0001, 2 ** -24],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
  ])("%i stands for %f, both ways", (half, single) => {
    expect(toSingle(half)).toBe(single);
    expect(toHalf(single)).toBe(half);
  });

  it("keeps what is no number as no number", () => {
    expect(toSingle(0x7e00)).toBeNaN();
    expect(toSingle(0xfc01)).toBeNaN();
    expect(toSingle(toHalf(Number.NaN))).toBeNaN();
  });

  it("gives back every one of the 65,536 halves", () => {
    const all = Uint16Array.from({ length: 65_536 }, (_, i) => i);
    const back = singleToHalf(halfToSingle(all));
    const different = [...all].filter((half, i) => half !== back[i] && !Number.isNaN(toSingle(half)));
    expect(different).toEqual([]);
  });

  it.each([
    ["1 + half a step goes to the even 1", 1 + 2 ** -11, 0x3c00],
    ["1 + three halves of a step go up to the even", 1 + 3 * 2 ** -11, 0x3c02],
    ["just above half a step goes up", 1 + 2 ** -11 + 2 ** -20, 0x3c01],
    ["a carry moves into the exponent", 2 - 2 ** -12, 0x4000],
    ["half of the smallest subnormal goes to zero", 2 ** -25, 0x0000],
    ["just above half of the smallest subnormal goes to it", 2 ** -25 + 2 ** -40, 0x0001],
    ["three halves of the smallest subnormal go to the even", 3 * 2 ** -25, 0x0002],
    ["the largest subnormal and a half goes to the smallest normal", 1023.5 * 2 ** -24, 0x0400],
    ["far too small goes to zero, with its sign", -1e-30, 0x8000],
    ["just below the overflow stays the largest", 65519.99, 0x7bff],
    ["halfway to what does not fit overflows", 65520, 0x7c00],
    ["far too large overflows, with its sign", -1e30, 0xfc00],
  ])("%s", (_, single, half) => {
    expect(toHalf(single)).toBe(half);
  });

  it("rounds every number to the nearest half", () => {
    const singles = Float32Array.from({ length: 1200 }, (_, i) => Math.sin(i) * 10 ** ((i % 12) - 7));
    const back = halfToSingle(singleToHalf(singles));
    singles.forEach((single, i) => {
      const half = toHalf(single);
      const neighbours = [half - 1, half, half + 1].map(toSingle);
      const nearest = Math.min(
        ...neighbours.map((value) => Math.abs(value - single)).filter((d) => !Number.isNaN(d)),
      );
      expect(Math.abs(back[i]! - single)).toBe(nearest);
    });
  });

  it("reads a view that starts inside a larger buffer", () => {
    const view = new Float32Array(Float32Array.of(9, 1, 2).buffer, 4, 2);
    expect([...singleToHalf(view)]).toEqual([0x3c00, 0x4000]);
  });
});
