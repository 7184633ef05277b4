import { describe, expect, it } from "vitest";
import { emotionIndex, emotions } from "../../src/corpora/emotions.js";
import type { Prediction } from "../../src/evaluation/prediction.js";
import { speakerFolds } from "../../src/evaluation/speaker-folds.js";
import { applyStacking, fitStacking } from "../../src/evaluation/stacking.js";
import { expected, goldenRun, prediction } from "./goldens.js";

function lossOf(predictions: readonly Prediction[]): number {
  const losses = predictions.map(
    ({ emotion, probabilities }) => -Math.log(probabilities[emotionIndex(emotion)]!),
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

describe("stacking", () => {
  it.each(expected.stacking)(
    "equals scikit-learn's logistic regression at penalty $penalty",
    async (golden) => {
      const runs = [await goldenRun("first"), await goldenRun("second")];
      const stacking = fitStacking(runs, golden.penalty);
      const answers = applyStacking(stacking, runs);
      const squares = stacking.weights.flat().reduce((sum, weight) => sum + weight ** 2, 0);
      expect(lossOf(answers) + (golden.penalty / 2) * squares).toBeCloseTo(golden.objective, 8);
      golden.first.forEach((row, clip) => {
        for (const [k, p] of row.entries()) expect(answers[clip]!.probabilities[k]).toBeCloseTo(p, 4);
      });
    },
  );

  it("never answers an emotion that it was not shown", async () => {
    const some = (await goldenRun("first")).filter(({ emotion }) => emotion !== "calm");
    const answers = applyStacking(fitStacking([some], 0.01), [await goldenRun("first")]);
    for (const { probabilities } of answers) expect(probabilities[emotions.indexOf("calm")]).toBe(0);
  });
});

describe("speakerFolds", () => {
  const clips = (sizes: Record<string, number>) =>
    Object.entries(sizes).flatMap(([speaker, count]) =>
      Array.from({ length: count }, (_, i) => prediction(`toy/${speaker}-${i}`, speaker, "sad", "sad")),
    );

  it("keeps every speaker in one fold, of sizes as equal as they can be", () => {
    const predictions = clips({ a: 6, b: 3, c: 3, d: 2, e: 4 });
    const folds = speakerFolds(predictions, 3);
    const seen = new Map<string, Set<number>>();
    predictions.forEach(({ speaker }, i) => {
      seen.set(speaker, (seen.get(speaker) ?? new Set()).add(folds[i]!));
    });
    for (const own of seen.values()) expect(own.size).toBe(1);
    expect([0, 1, 2].map((k) => folds.filter((fold) => fold === k).length)).toEqual([6, 6, 6]);
  });

  it("has as many folds as speakers where these are few, and refuses one speaker", () => {
    expect(new Set(speakerFolds(clips({ a: 2, b: 2 }), 5)).size).toBe(2);
    expect(() => speakerFolds(clips({ a: 9 }))).toThrow("of 1 speakers");
  });
});
