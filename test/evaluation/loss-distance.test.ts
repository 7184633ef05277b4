import { describe, expect, it } from "vitest";
import { emotions } from "../../src/corpora/emotions.js";
import { errorOfLossDistance } from "../../src/evaluation/loss-distance.js";
import type { Prediction } from "../../src/evaluation/prediction.js";

/** `clips` clips of a speaker, whose emotion gets this probability. */
function clipsOf(speaker: string, clips: number, probability: number): Prediction[] {
  const rest = (1 - probability) / (emotions.length - 1);
  return Array.from({ length: clips }, (_, i) => ({
    clip: `own/${speaker}-${i}.wav`,
    corpus: "own",
    speaker: `own/${speaker}`,
    emotion: "happy",
    predicted: "happy",
    probabilities: emotions.map((emotion) => (emotion === "happy" ? probability : rest)),
  }));
}

describe("errorOfLossDistance", () => {
  it("is 0 for the same answers", () => {
    const answers = [...clipsOf("a", 5, 0.6), ...clipsOf("b", 5, 0.9)];
    expect(errorOfLossDistance(answers, answers)).toBe(0);
  });

  it("is that of two speakers' means, however many clips they spoke", () => {
    // Distances are d for one speaker and 0 for the other: their mean has the standard error |d - 0| / 2 (two values'
    // deviation d / √2, over √2).
    const d = Math.log(0.8 / 0.4);
    for (const clips of [3, 300]) {
      const one = [...clipsOf("a", clips, 0.4), ...clipsOf("b", clips, 0.5)];
      const other = [...clipsOf("a", clips, 0.8), ...clipsOf("b", clips, 0.5)];
      expect(errorOfLossDistance(one, other)).toBeCloseTo(d / 2, 9);
    }
  });

  it("is 0 for a single speaker, of whom nothing can be said", () => {
    expect(errorOfLossDistance(clipsOf("a", 4, 0.4), clipsOf("a", 4, 0.8))).toBe(0);
  });
});
