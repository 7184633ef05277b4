import { expect, it } from "vitest";
import { clock } from "../../src/core/clock.js";

it("seconds are written to the tenth, with minutes and, from one on, hours", () => {
  expect([0, 62.46, 59.96, 3599.9, 3723.5].map(clock)).toEqual([
    ...["0:00.0", "1:02.5", "1:00.0"],
    ...["59:59.9", "1:02:03.5"],
  ]);
});
