import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/core/random.js";
import { loadVoiceActivity } from "../../src/inference/load-voice-activity.js";
import { openSmoothing, openStream } from "../../src/inference/stream.js";

const ramp = (length: number, from = 0) => Float32Array.from({ length }, (_, i) => from + i);

describe("a stream of sound", () => {
  it("gives the last window at every hop, wherever its pieces are cut", () => {
    const cuts = [[1], [7, 160, 3], [4_000], [100_000]];
    for (const lengths of cuts) {
      const stream = openStream({ windowSamples: 1_000, hopSamples: 300 });
      const sound = ramp(4_321);
      const windows = [];
      for (let at = 0, i = 0; at < sound.length; i++) {
        const length = lengths[i % lengths.length]!;
        windows.push(...stream.hear(sound.subarray(at, at + length)));
        at += length;
      }
      expect(windows.map(({ end }) => end)).toEqual(Array.from({ length: 14 }, (_, i) => 300 * (i + 1)));
      for (const { samples, start, end } of windows) {
        expect(end - start).toBe(Math.min(1_000, end));
        expect([...samples]).toEqual([...sound.subarray(start, end)]);
      }
      const last = stream.end()!;
      expect([last.start, last.end]).toEqual([3_321, 4_321]);
      expect([...last.samples]).toEqual([...sound.subarray(3_321)]);
      expect(stream.end()).toBeNull();
    }
  });

  it("keeps no more than one window of twenty minutes", () => {
    const stream = openStream({ windowSamples: 40_960, hopSamples: 8_000 });
    const piece = new Float32Array(8_000);
    stream.hear(piece);
    let answers = 0;
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 2_400; i++) answers += stream.hear(piece).length;
    globalThis.gc?.();
    expect(answers).toBe(2_400);
    // A window is 164 kB: 2,400 of them would be 390 MB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200e6);
  });

  it("refuses a layout without samples", () => {
    expect(() => openStream({ windowSamples: 0, hopSamples: 1 })).toThrow(/windowSamples is 0/);
    expect(() => openStream({ windowSamples: 10, hopSamples: 0.5 })).toThrow(/hopSamples is 0.5/);
  });

  it("hears no speech in silence and in noise", async () => {
    const stream = openStream({ windowSamples: 32_000, hopSamples: 8_000 }, await loadVoiceActivity());
    const random = createRandom(1).fork("noise");
    const noise = Float32Array.from({ length: 48_000 }, () => 0.1 * random.normal());
    const windows = [...stream.hear(new Float32Array(48_000)), ...stream.hear(noise)];
    expect(windows).toHaveLength(12);
    expect(windows.every(({ speech }) => !speech)).toBe(true);
  });
});

describe("smoothing a stream's answers", () => {
  const facts = { labels: ["calm", "angry"], unsureBelow: 0.6 };
  const window = (calm: number) => ({ probabilities: [calm, 1 - calm], calibrated: [calm, 1 - calm] });

  it("leans on the answer before, unless speech began or ended between them", () => {
    const smoothing = openSmoothing(facts);
    expect(smoothing.next(window(0.9), true)).toMatchObject({
      emotion: "calm",
      confidence: 0.9,
      unsure: false,
    });
    const second = smoothing.next(window(0.3), true);
    expect(second.probabilities[0]).toBeCloseTo((2 * 0.3 + 0.9) / 3, 12);
    expect(second.unsure).toBe(true);
    expect(smoothing.next(window(0.2), false).probabilities[0]).toBeCloseTo(0.2, 12);
  });
});
