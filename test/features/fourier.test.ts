import FFT from "fft.js";
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

  it.each([2, 4, 8, 64, 512, 1024, 2048])("of %d numbers is that of fft.js bit for bit", (size) => {
    const random = createRandom(size);
    const input = Float64Array.from({ length: 2 * size }, () => random.normal());
    const output = new Float64Array(2 * size);
    createFourier(size).transform(output, input);
    const reference = new Float64Array(2 * size);
    new FFT(size).transform(reference, input);
    expect(output).toEqual(reference);
  });

  it.each([6, 8, 16, 400, 1024])("takes two frames of %d samples as one complex input", (size) => {
    const random = createRandom(size);
    const samples = Float32Array.from({ length: 3 * size }, () => random.normal());
    const window = Float64Array.from({ length: size }, () => random.normal());
    const input = new Float64Array(2 * size);
    for (let n = 0; n < size; n++) {
      input[2 * n] = window[n]! * samples[5 + n]!;
      input[2 * n + 1] = window[n]! * samples[size + 1 + n]!;
    }
    const [frames, whole] = [new Float64Array(2 * size), new Float64Array(2 * size)];
    createFourier(size).transformFrames(frames, samples, 5, size + 1, window);
    createFourier(size).transform(whole, input);
    expect(frames).toEqual(whole);
  });

  it.each([0, 1, 7, 401, 2.5, Number.NaN])("refuses a size of %d", (size) => {
    expect(() => createFourier(size)).toThrow(`${size} samples`);
  });
});
