import { describe, expect, it } from "vitest";
import { median, ratioOf, significant, spread } from "../../../scripts/benchmark/statistics.mjs";

describe("the median", () => {
  it("is the middle of an odd number of values in any order", () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it("is the mean of the two middle ones of an even number", () => {
    expect(median([10, 2, 4, 1])).toBe(3);
  });

  it("sorts by size, not by text, and leaves the values as they were", () => {
    const values = [100, 20, 3];
    expect(median(values)).toBe(20);
    expect(values).toEqual([100, 20, 3]);
  });

  it("is refused for no value", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("the ratio to another side", () => {
  it("is above 1 where ours does more a second", () => {
    expect(ratioOf(200, 100, "clips/s")).toBe(2);
    expect(ratioOf(50, 100, "clips/s")).toBe(0.5);
  });

  it.each(["s", "ms", "MiB"])("is above 1 where ours needs fewer %s", (unit) => {
    expect(ratioOf(2, 3, unit)).toBe(1.5);
    expect(ratioOf(3, 2, unit)).toBeCloseTo(0.667, 3);
  });

  it("is null where a side has no figure", () => {
    expect(ratioOf(1, null, "s")).toBeNull();
    expect(ratioOf(null, 1, "s")).toBeNull();
  });
});

describe("the spread", () => {
  it("is the distance of the extremes as a share of the median", () => {
    expect(spread([90, 100, 120])).toBeCloseTo(0.3);
    expect(spread([7])).toBe(0);
  });
});

describe("significant digits", () => {
  it("are counted from the first one that is not zero", () => {
    expect(significant(123.456)).toBe(123.5);
    expect(significant(0.00123456, 2)).toBe(0.0012);
    expect(significant(123456)).toBe(123500);
  });
});
