import { describe, expect, it } from "vitest";
import { createRandom } from "../../../src/core/random.js";
import { applyMelFilters, melFilters } from "../../../src/features/mel-filters.js";
import { countFrames, eachPowerFrame } from "../../../src/features/short-time.js";
import { openMelPowers } from "../../../src/features/wasm/mel-powers.js";

const noise = (length: number): Float32Array => {
  const random = createRandom(length);
  return Float32Array.from(
    { length },
    (_, n) => 0.5 * Math.sin(n * (0.02 + n * 1e-6)) + 0.1 * random.normal(),
  );
};

/** [window, hop, bands, lowest and highest frequency]: the usual one, the published ResNet's, and odd ones. */
const layouts = [
  [1024, 256, 64, 0, 8000],
  [1024, 320, 64, 0, 8000],
  [256, 99, 100, 20, 7600], // bands so narrow that some hold no bin
  [4096, 5000, 40, 300, 3400], // a hop longer than the window
  [16, 3, 4, 0, 8000],
] as const;

describe("mel powers by WebAssembly", () => {
  it.each(layouts)(
    "are those of plain JavaScript bit for bit: window %i, hop %i, %i bands",
    (window, hop, ...rest) => {
      const [bands, lowestHz, highestHz] = rest;
      const filters = melFilters(bands, window, lowestHz, highestHz);
      const quick = openMelPowers(window, hop, filters)!;
      for (const length of [1, 7, 255, 1024, 4097, 20_000]) {
        const samples = noise(length);
        const frames = countFrames(length, hop);
        const expected = new Float64Array(frames * bands);
        const framing = { windowLength: window, hopLength: hop, edges: "silence" } as const;
        eachPowerFrame(samples, framing, frames, (frame, power) => {
          applyMelFilters(filters, power, expected, frame * bands);
        });
        const found = new Float64Array(frames * bands);
        quick.compute(samples, frames, found);
        expect(found).toEqual(expected);
        expect(Math.max(...found)).toBeGreaterThan(0);
      }
    },
  );

  it("are left to plain JavaScript for other windows, and where there is no WebAssembly", () => {
    expect(openMelPowers(512, 128, melFilters(40, 512, 0, 8000))).toBeNull();
    expect(openMelPowers(400, 160, melFilters(80, 400, 0, 8000))).toBeNull();
    const known = globalThis.WebAssembly;
    try {
      Reflect.deleteProperty(globalThis, "WebAssembly");
      expect(openMelPowers(1024, 256, melFilters(64, 1024, 0, 8000))).toBeNull();
    } finally {
      globalThis.WebAssembly = known;
    }
    expect(openMelPowers(1024, 256, melFilters(64, 1024, 0, 8000))).not.toBeNull();
  });
});
