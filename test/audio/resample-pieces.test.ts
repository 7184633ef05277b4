import { describe, expect, it } from "vitest";
import { resample, resamplePieces } from "../../src/audio/resample.js";
import { openSampleStore } from "../../src/audio/sample-store.js";
import { createRandom } from "../../src/core/random.js";

const random = createRandom(5);
const noise = (length: number): Float32Array => Float32Array.from({ length }, () => random.next() - 0.5);

/** Gives sound to a resampler in pieces of any length. */
async function inPieces(samples: Float32Array, fromHz: number, toHz: number): Promise<Float32Array> {
  const pieces = resamplePieces(fromHz, toHz, { most: samples.length });
  for (let at = 0; at < samples.length; ) {
    const end = Math.min(samples.length, at + 1 + random.below(200_000));
    await pieces.add(samples.slice(at, end));
    at = end;
  }
  const all = await pieces.end();
  pieces.close();
  return all;
}

describe("sound resampled as it arrives in pieces", () => {
  it.each([
    [44_100, 16_000, 50_000],
    [44_100, 16_000, 1_200_000],
    [8_000, 16_000, 700_000],
    [16_000, 16_000, 1_300_000],
  ])("equals the whole, bit for bit: from %d to %d Hz, %d samples", async (fromHz, toHz, length) => {
    const samples = noise(length);
    const [expected, found] = [await resample(samples, fromHz, toHz), await inPieces(samples, fromHz, toHz)];
    expect(found.length).toBe(Math.round((length * toHz) / fromHz));
    expect(Buffer.compare(Buffer.from(found.slice().buffer), Buffer.from(expected.slice().buffer))).toBe(0);
  });
});

describe("a store of samples", () => {
  it.each([
    ["as many as expected", 2_500_000, 2_500_000],
    ["more than expected", 1_500_000, 2_500_000],
    ["an unknown number", 0, 6_000_000],
  ])("gives back %s in their order", (_, expected, most) => {
    const samples = noise(2_400_000);
    const store = openSampleStore(expected, most);
    for (let at = 0; at < samples.length; at += 300_000) store.add(samples.subarray(at, at + 300_000));
    expect(store.length).toBe(samples.length);
    const all = store.take();
    expect(Buffer.compare(Buffer.from(all.slice().buffer), Buffer.from(samples.buffer))).toBe(0);
  });

  it("refuses more than the most", () => {
    const store = openSampleStore(0, 2 ** 20 + 10);
    store.add(new Float32Array(2 ** 20));
    expect(() => store.add(new Float32Array(11))).toThrow(RangeError);
  });
});
