import { describe, expect, it } from "vitest";
import type { Prediction } from "../../src/evaluation/prediction.js";
import { compareSharedVoices } from "../../src/evaluation/shared-voices.js";

const clip = (speaker: string, emotion: Prediction["emotion"], predicted: Prediction["predicted"], i = 0) =>
  ({
    clip: `${speaker} ${emotion} ${i}`,
    corpus: "crema-d",
    speaker,
    emotion,
    predicted,
    probabilities: [],
  }) as Prediction;

/** One clip of each of two emotions a voice; the first `wrong` voices have one of them wrong. */
const voices = (names: readonly string[], wrong: number, i = 0) =>
  names.flatMap((name, k) => [
    clip(name, "happy", "happy", i),
    clip(name, "sad", k < wrong ? "happy" : "sad", i),
  ]);

const six = ["a", "b", "c", "d", "e", "f"];

describe("the same voices, known and new", () => {
  it("are those that both judge, each side with clips of its own", () => {
    const known = [...voices(six, 0, 1), ...voices(["only known"], 1, 1)];
    const fresh = [...voices(six, 3), ...voices(six, 3, 2), ...voices(["only new"], 0)];
    expect(compareSharedVoices(known, fresh)).toMatchObject({
      speakers: 6,
      knownClips: 12,
      newClips: 24,
      knownUar: 1,
      newUar: 0.75, // of sad three of six
      gain: 0.25,
    });
  });

  it("have an interval that holds the gain, the same each time, and 0 for sides that are equal voice by voice", () => {
    const [known, fresh] = [voices(six, 1, 1), voices(six, 4)];
    const { gain, speaker } = compareSharedVoices(known, fresh)!;
    expect(speaker![0]).toBeLessThan(gain);
    expect(speaker![1]).toBeGreaterThan(gain);
    expect(compareSharedVoices(known, fresh)!.speaker).toEqual(speaker);
    expect(compareSharedVoices(voices(six, 2, 1), voices(six, 2))!.speaker).toEqual([0, 0]);
  });

  it("have no interval where they are fewer than five, and are nothing where there are none", () => {
    expect(compareSharedVoices(voices(["a", "b"], 1), voices(["a", "b"], 0))!.speaker).toBeNull();
    expect(compareSharedVoices(voices(["a"], 0), voices(["b"], 0))).toBeNull();
  });
});
