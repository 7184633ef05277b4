import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { decodeAudio } from "../../src/audio/decode.js";
import { LabError } from "../../src/core/errors.js";
import { packageRoot } from "../../src/core/settings.js";
import { planSample } from "../../src/corpora/sample/plan.js";
import { sampleSpeakers } from "../../src/corpora/sample/speakers.js";
import { synthesiseSpeaker } from "../../src/corpora/sample/synthesise-speaker.js";
import { loadVoiceActivity } from "../../src/inference/load-voice-activity.js";
import { findSpeech, speechIn } from "../../src/inference/speech-segments.js";
import {
  createVoiceActivity,
  speechProbabilities,
  type VoiceActivity,
} from "../../src/inference/voice-activity.js";

const goldens = JSON.parse(
  readFileSync(join(packageRoot, "test/goldens/inference/silero-vad.json"), "utf8"),
) as Record<string, number[]>;
const sound = (length: number, value: (t: number) => number) =>
  Float32Array.from({ length }, (_, t) => value(t));
const tones = sound(
  32_000,
  (t) => 0.3 * Math.sin(0.05 * t) + 0.2 * Math.sin(0.1003 * t) * Math.sin(0.0007 * t),
);
const noise = sound(32_000, (t) => 0.1 * Math.sin(t * t * 0.37 + 5 * Math.sin(12.9898 * t)));
const silence = new Float32Array(16_000);

/** The first clip of the synthetic speaker 1001. */
async function speak(): Promise<Float32Array> {
  const speaker = sampleSpeakers.find(({ name }) => name === "1001")!;
  const clips = planSample().filter(
    (clip) => clip.speaker === speaker && clip.file.includes("1001_DFA_ANG_XX"),
  );
  for await (const { clip, bytes } of synthesiseSpeaker(speaker, clips)) {
    return (await decodeAudio(bytes, clip.file)).samples;
  }
  throw new Error("nothing was spoken");
}

describe("voice activity", () => {
  let activity: VoiceActivity;
  let speech: Float32Array;
  beforeAll(async () => {
    activity = await loadVoiceActivity();
    speech = await speak();
  });

  it("gives the probabilities of Silero's own model", () => {
    const sounds: Record<string, Float32Array> = {
      ...{ speech, tones, noise, silence },
      speechThenNoise: Float32Array.of(
        ...speech,
        ...noise.subarray(0, 5_000),
        ...speech.map((value) => 0.1 * value),
      ),
    };
    for (const [name, expected] of Object.entries(goldens)) {
      const found = speechProbabilities(activity, sounds[name]!);
      expect(found.length).toBe(expected.length);
      const farthest = Math.max(...expected.map((value, i) => Math.abs(value - found[i]!)));
      expect(farthest, name).toBeLessThan(1e-4);
    }
  });

  it("finds speech in speech, and none in silence, noise and tones", () => {
    const segments = findSpeech(speechProbabilities(activity, speech));
    expect(segments.length).toBeGreaterThan(0);
    const spoken = segments.reduce((sum, { start, end }) => sum + end - start, 0);
    expect(spoken).toBeGreaterThan(0.5 * (speech.length / 16_000));
    for (const other of [silence, noise, tones]) {
      expect(findSpeech(speechProbabilities(activity, other))).toEqual([]);
    }
  });

  it("finds the same speech 30 dB lower, and none in a melody or the faintest noise", () => {
    const loud = speechIn(activity, speech);
    expect(
      speechIn(
        activity,
        speech.map((value) => 0.03 * value),
      ),
    ).toEqual(loud);
    const melody = sound(48_000, (t) => {
      const pitchHz = 262 * 2 ** ([0, 4, 7, 12, 7, 4][Math.floor(t / 4_000) % 6]! / 12);
      const overtones = [1, 2, 3, 4, 5].map((k) => Math.sin((2 * Math.PI * pitchHz * k * t) / 16_000) / k);
      return 0.2 * Math.exp((-3 * (t % 4_000)) / 16_000) * overtones.reduce((sum, value) => sum + value);
    });
    for (const other of [melody, noise.map((value) => 0.001 * value), silence]) {
      expect(speechIn(activity, other)).toEqual([]);
    }
  });

  it("hears each sound for itself, whatever another listener hears between", () => {
    const [one, other] = [activity.listen(), activity.listen()];
    const alone = speechProbabilities(activity, speech);
    for (let i = 0; i < 20; i++) {
      const chunk = (of: Float32Array) => of.slice(i * 512, (i + 1) * 512);
      expect(one.hear(chunk(speech))).toBeCloseTo(alone[i]!, 7);
      other.hear(chunk(noise));
    }
  });

  it("answers the shortest sound and the empty one", () => {
    expect(speechProbabilities(activity, new Float32Array(1)).length).toBe(1);
    expect(speechProbabilities(activity, new Float32Array(0)).length).toBe(0);
    expect(findSpeech([])).toEqual([]);
  });

  it("refuses chunks of another length, and weights that are not the network's", () => {
    expect(() => activity.listen().hear(new Float32Array(480))).toThrow(/480 samples.*512 samples/s);
    expect(() => createVoiceActivity([])).toThrow(LabError);
  });
});

describe("findSpeech", () => {
  const chunks = (...runs: [number, number][]) => runs.flatMap(([n, p]) => new Array<number>(n).fill(p));
  const chunkSeconds = 0.032;

  it("goes on through short pauses and ends at long ones", () => {
    const segments = findSpeech(chunks([5, 0], [10, 0.9], [3, 0.1], [10, 0.9], [4, 0.1], [10, 0.9], [9, 0]));
    const found = segments.map(({ start, end }) =>
      [start / chunkSeconds, end / chunkSeconds].map(Math.round),
    );
    expect(found).toEqual([
      [5, 28],
      [32, 42],
    ]);
  });

  it("takes no click for speech, and begins only above the higher probability", () => {
    expect(findSpeech(chunks([20, 0], [7, 0.99], [20, 0]))).toEqual([]);
    expect(findSpeech(chunks([50, 0.45]))).toEqual([]);
    expect(findSpeech(chunks([20, 0.45], [10, 0.6], [20, 0.45], [20, 0])).length).toBe(1);
  });

  it("lets half of a very short recording be speech", () => {
    expect(findSpeech(chunks([1, 0], [4, 0.9])).length).toBe(1);
  });
});
