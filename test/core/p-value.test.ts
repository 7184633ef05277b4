import { expect, it } from "vitest";
import { pValueText } from "../../src/core/p-value.js";

it("says of the least p-value of 1,000 resamples that it may be less", () => {
  expect(pValueText(2 / 1_001)).toBe("p ≤ 0.002");
  expect(pValueText(4 / 1_001)).toBe("p 0.004");
  expect(pValueText(1)).toBe("p 1.000");
});
