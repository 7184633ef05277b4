import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.js";
import { productsByVectors, productsPlainly } from "../../src/inference/row-products.js";

const random = createRandom(0);
const draw = (length: number) => Float32Array.from({ length }, () => random.normal());

describe("products of a matrix' rows with a vector", () => {
  it.each([
    [2, 8, { column: 0, start: 0, length: 8 }],
    [128, 387, { column: 129, start: 0, length: 258 }],
    [128, 387, { column: 0, start: 129, length: 387 }],
    [64, 192, { column: 0, start: 5, length: 191 }],
    [512, 128, { column: 0, start: 0, length: 128 }],
    [6, 3, { column: 2, start: 1, length: 1 }],
  ])("of %i × %i are the sums that the definition says, by vectors and plainly", (rows, columns, stretch) => {
    const { column, start, length } = stretch;
    const matrix = draw(rows * columns);
    const x = draw(start + length + 3);
    const before = draw(rows + 2);
    const expected = Array.from(before);
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < length; k++) {
        expected[2 + row]! += matrix[row * columns + column + k]! * x[start + k]!;
      }
    }
    for (const make of [productsByVectors, productsPlainly]) {
      const y = Float32Array.from(before);
      make(matrix, columns)!(x, stretch, y, 2);
      const farthest = Math.max(...expected.map((value, i) => Math.abs(value - y[i]!)));
      expect(farthest).toBeLessThan(1e-4);
    }
  });

  it("forget the vector before: what is longer leaves nothing in what is shorter", () => {
    const matrix = draw(4 * 16);
    const products = productsByVectors(matrix, 16)!;
    const after = new Float32Array(4);
    const alone = new Float32Array(4);
    const short = { column: 0, start: 0, length: 3 };
    products(draw(16), { column: 0, start: 0, length: 16 }, new Float32Array(4), 0);
    const x = draw(3);
    products(x, short, after, 0);
    productsByVectors(matrix, 16)!(x, short, alone, 0);
    expect(after).toEqual(alone);
  });
});
