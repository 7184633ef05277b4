import { describe, expect, it } from "vitest";
import {
  percent,
  percentBrackets,
  percentIntervals,
  percentRange,
  percentSign,
  wholePercent,
} from "../../src/core/percent.js";

it("a share is written in percent with one decimal, with its sign, in whole percent, and as an interval", () => {
  expect([percent(0.7264), percentSign(0.7264), wholePercent(0.7264)]).toEqual(["72.6", "72.6%", "73%"]);
  expect([percentRange([0.708, 0.744]), percentBrackets([0.708, 0.744])]).toEqual([
    "70.8 to 74.4",
    "[70.8, 74.4]",
  ]);
});

describe("percentIntervals", () => {
  it("gives both intervals, and the one by clip alone where voices are too few", () => {
    const clip = [-0.0044, 0.024] as const;
    expect(percentIntervals({ clip, speaker: [-0.005, 0.025] })).toBe(
      "95% interval -0.4 to 2.4 by clip, -0.5 to 2.5 by speaker",
    );
    expect(percentIntervals({ clip, speaker: null })).toBe("95% interval -0.4 to 2.4 by clip");
  });
});
