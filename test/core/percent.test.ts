import { expect, it } from "vitest";
import { percent, percentBrackets, percentRange, percentSign, wholePercent } from "../../src/core/percent.js";

it("a share is written in percent with one decimal, with its sign, in whole percent, and as an interval", () => {
  expect([percent(0.7264), percentSign(0.7264), wholePercent(0.7264)]).toEqual(["72.6", "72.6%", "73%"]);
  expect([percentRange([0.708, 0.744]), percentBrackets([0.708, 0.744])]).toEqual([
    "70.8 to 74.4",
    "[70.8, 74.4]",
  ]);
});
