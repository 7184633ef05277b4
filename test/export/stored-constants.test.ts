import { describe, expect, it } from "vitest";
import { halfToSingle } from "../../src/core/half-precision.js";
import { createRandom } from "../../src/core/random.js";
import { GraphBuilder } from "../../src/export/graph.js";
import { storeConstants } from "../../src/export/stored-constants.js";

const random = createRandom(0);
const kernel = Float32Array.from({ length: 600 }, (_, i) => random.normal() * (1 + (i % 3)));
const builder = new GraphBuilder("x", [1, 200]);
const table = builder.constant([1 / 3], [1]);
const weight = builder.weight(kernel, [200, 3]);
const graph = builder.finish(builder.add(builder.multiplyMatrices(builder.input, weight), table));

describe("stored constants", () => {
  it("are rounded where they are kernels, and left where they are tables", () => {
    for (const precision of ["float32", "float16", "int8"] as const) {
      const [kept, stored] = storeConstants(graph, precision);
      expect(kept).toMatchObject({ kind: "float32", values: Float32Array.of(1 / 3) });
      expect(stored!.kind).toBe(precision);
    }
  });

  it("are within half a step: of float16, or of the output channel's 127 levels", () => {
    const [, half] = storeConstants(graph, "float16");
    const halves = half!.kind === "float16" ? halfToSingle(half!.halves) : new Float32Array();
    kernel.forEach((value, i) => {
      expect(Math.abs(halves[i]! - value)).toBeLessThanOrEqual(
        Math.max(2 ** -25, 2 ** -11 * Math.abs(value)),
      );
    });
    const [, stored] = storeConstants(graph, "int8");
    if (stored!.kind !== "int8") throw new Error("stored otherwise");
    const { levels, scales } = stored!;
    for (const channel of [0, 1, 2]) {
      const own = kernel.filter((_, i) => i % 3 === channel);
      expect(scales[channel]! * 127).toBeCloseTo(Math.max(...own.map(Math.abs)), 5);
    }
    kernel.forEach((value, i) => {
      expect(Math.abs(levels[i]! * scales[i % 3]! - value)).toBeLessThanOrEqual(0.5001 * scales[i % 3]!);
    });
  });
});
