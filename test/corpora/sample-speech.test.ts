import { describe, expect, it } from "vitest";
import { decodeAudio } from "../../src/audio/decode.js";
import { sha256 } from "../../src/core/hash.js";
import { planSample, type SampleClip } from "../../src/corpora/sample/plan.js";
import { sampleSpeakers } from "../../src/corpora/sample/speakers.js";
import { createVoice } from "../../src/corpora/sample/speech.js";
import { synthesiseSpeaker } from "../../src/corpora/sample/synthesise-speaker.js";

/** The first clips of one speaker. */
async function speak(name: string, count: number): Promise<Map<SampleClip, Uint8Array>> {
  const speaker = sampleSpeakers.find((one) => one.name === name)!;
  const clips = planSample().filter((clip) => clip.speaker === speaker);
  const spoken = new Map<SampleClip, Uint8Array>();
  for await (const { clip, bytes } of synthesiseSpeaker(speaker, clips.slice(0, count)))
    spoken.set(clip, bytes);
  return spoken;
}

/** Mean magnitude of the differences of neighbouring samples against that of the samples: how bright a sound is. */
function brightness(samples: Float32Array): number {
  let differences = 0;
  let magnitudes = 0;
  for (let i = 1; i < samples.length; i++) {
    differences += Math.abs(samples[i]! - samples[i - 1]!);
    magnitudes += Math.abs(samples[i]!);
  }
  return differences / magnitudes;
}

describe("sample speech", () => {
  it("is the same to the byte each time a speaker speaks", async () => {
    const [one, again] = [await speak("19", 6), await speak("19", 6)];
    expect([...one.values()].map(sha256)).toEqual([...again.values()].map(sha256));
    expect(new Set([...one.values()].map(sha256)).size).toBe(6);
    // Made on Node 20 and on Node 24: a change of these two clips means another sampleVersion.
    const [first, second] = [...one.values()];
    expect(sha256(Buffer.concat([first!, second!])).slice(0, 16)).toBe("1fc0377ecfbeaca2");
  });

  it("sounds for about as long as its sentence takes, and never clips", async () => {
    for (const [clip, bytes] of await speak("OAF", 8)) {
      const { samples } = await decodeAudio(bytes, clip.file);
      expect(samples.length / 16_000).toBeGreaterThan(0.6);
      expect(samples.length / 16_000).toBeLessThan(3);
      expect(samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeLessThan(0.99);
    }
  });

  it("keeps the rate of its corpus: 24,414 Hz for TESS", async () => {
    const [bytes] = [...(await speak("YAF", 1)).values()];
    expect(new DataView(bytes!.buffer).getUint32(24, true)).toBe(24_414);
  });

  it("lets the emotions differ: angry is louder and brighter than sad", async () => {
    const spoken = await speak("01", 18);
    const measure = async (emotion: string): Promise<{ loud: number; bright: number }> => {
      const some = [...spoken].filter(([clip]) => clip.emotion === emotion);
      let loud = 0;
      let bright = 0;
      for (const [clip, bytes] of some) {
        const { samples } = await decodeAudio(bytes, clip.file);
        loud +=
          Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length) / some.length;
        bright += brightness(samples) / some.length;
      }
      return { loud, bright };
    };
    const [angry, sad] = [await measure("angry"), await measure("sad")];
    expect(angry.loud).toBeGreaterThan(1.5 * sad.loud);
    expect(angry.bright).toBeGreaterThan(sad.bright);
  });

  it("refuses a voice that the synthesiser does not have", async () => {
    await expect(createVoice("no-such-language")).rejects.toThrow(/no voice "no-such-language"/);
  });
});
