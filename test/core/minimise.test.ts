import { describe, expect, it } from "vitest";
import { minimise } from "../../src/core/minimise.js";

describe("minimise", () => {
  it("finds the lowest point of a quadratic of very unequal curvatures", () => {
    const curvatures = [1, 10, 1000, 0.01];
    const lowest = [3, -2, 0.5, 40];
    const found = minimise(
      (x) => ({
        value: curvatures.reduce((sum, c, i) => sum + (c / 2) * (x[i]! - lowest[i]!) ** 2, 0),
        gradient: Float64Array.from(curvatures, (c, i) => c * (x[i]! - lowest[i]!)),
      }),
      new Float64Array(4),
      { smallestFall: 0 },
    );
    for (const [i, value] of lowest.entries()) expect(found[i]).toBeCloseTo(value, 4);
  });

  it("stays where the gradient is 0, and leaves its start as it was", () => {
    const start = new Float64Array([2]);
    let calls = 0;
    const flat = minimise(() => {
      calls++;
      return { value: 1, gradient: new Float64Array(1) };
    }, start);
    expect(flat).toEqual(new Float64Array([2]));
    expect(calls).toBe(1);
    minimise((x) => ({ value: x[0]! ** 2, gradient: Float64Array.of(2 * x[0]!) }), start);
    expect(start).toEqual(new Float64Array([2]));
  });
});
