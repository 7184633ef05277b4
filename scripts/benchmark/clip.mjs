import { compiled } from "./compiled.mjs";

/** @type {typeof import("../../src/core/random.js")} */
const { createRandom } = compiled("core/random");

/** Three seconds at 16 kHz: a rising tone in noise, loud to both ends, so that nothing is trimmed. */
export function threeSeconds() {
  const random = createRandom(1);
  return Float32Array.from({ length: 48_000 }, (_, n) => {
    return 0.5 * Math.sin(n * (0.02 + n * 1e-6)) + 0.05 * random.between(-1, 1);
  });
}
