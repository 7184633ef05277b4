import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.js";
import { createFourier } from "../../src/features/fourier.js";
import { largestDistance } from "./golden.js";

/** The definition, Σ x[n] exp(-2πi kn / N). */
function direct(input: Float64Array): Float64Array {
  const size = input.length / 2;
  const output = new Float64Array(2 * size);
  for (let k = 0; k < size; k++) {
    for (let n = 0; n < size; n++) {
      const angle = (-2 * Math.PI * ((k * n) % size)) / size;
      output[2 * k]! += input[2 * n]! * Math.cos(angle) - input[2 * n + 1]! * Math.sin(angle);
      output[2 * k + 1]! += input[2 * n]! * Math.sin(angle) + input[2 * n + 1]! * Math.cos(angle);
    }
  }
  return output;
}

describe("Fourier transform", () => {
  it.each([2, 6, 16, 50, 400, 512])("of %d numbers is what the definition says", (size) => {
    const random = createRandom(size);
    const input = Float64Array.from({ length: 2 * size }, () => random.normal());
    const output = new Float64Array(2 * size);
    createFourier(size).transform(output, input);
    expect(largestDistance(output, direct(input))).toBeLessThan(1e-10);
  });

  it.each([0, 1, 7, 401, 2.5, Number.NaN])("refuses a size of %d", (size) => {
    expect(() => createFourier(size)).toThrow(`${size} samples`);
  });
});
