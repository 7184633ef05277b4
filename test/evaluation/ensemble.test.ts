import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emotions } from "../../src/corpora/emotions.js";
import { negativeLogLikelihood } from "../../src/evaluation/calibration.js";
import { chooseMembers } from "../../src/evaluation/choose-members.js";
import { combinePredictions } from "../../src/evaluation/combine.js";
import { disagreement } from "../../src/evaluation/disagreement.js";
import { fitEnsembleWeights } from "../../src/evaluation/ensemble-weights.js";
import { selectiveAccuracy } from "../../src/evaluation/selective.js";
import { prediction } from "./goldens.js";
import { memberOf } from "./members.js";

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  for (const [k, p] of expected.entries()) expect(actual[k]).toBeCloseTo(p, 12);
}

describe("combinePredictions", () => {
  it("gives a single member back, whatever its weight", () => {
    const combined = combinePredictions([memberOf(2, 0.5)], [7]);
    for (const [i, one] of memberOf(2, 0.5).entries())
      expectClose(combined[i]!.probabilities, one.probabilities);
  });

  it("is the weighted mean of what the members say", () => {
    const one = prediction("toy/a", "x", "sad", "sad");
    const a = { ...one, probabilities: [0.1, 0, 0.2, 0.7, 0, 0, 0, 0] };
    const b = { ...one, probabilities: [0.5, 0, 0.2, 0.1, 0, 0, 0, 0.2] };
    const [combined] = combinePredictions([[a], [b]], [1, 3]);
    // 0.25 a + 0.75 b
    expectClose(combined!.probabilities, [0.4, 0, 0.2, 0.25, 0, 0, 0, 0.15]);
    expect(combined!.predicted).toBe("neutral");
  });

  it("does not depend on the order of clips or members", () => {
    const [a, b] = [memberOf(2, 0.5), memberOf(3, 0.7)];
    const one = combinePredictions([a, b], [1, 3]);
    const other = combinePredictions([[...b].reverse(), a], [3, 1]);
    const byClip = new Map(other.map((prediction) => [prediction.clip, prediction]));
    for (const { clip, probabilities } of one) expectClose(byClip.get(clip)!.probabilities, probabilities);
  });

  it("sums to 1 and decides for the largest", () => {
    for (const { probabilities, predicted } of combinePredictions([memberOf(2, 0.4), memberOf(3, 0.4)])) {
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
      expect(probabilities[emotions.indexOf(predicted)]).toBe(Math.max(...probabilities));
    }
  });

  it("refuses members of different clips, no members, and weights that say nothing", () => {
    expect(() => combinePredictions([])).toThrow(/no members/);
    expect(() => combinePredictions([memberOf(2, 0.5), memberOf(3, 0.5, 100)])).toThrow(/different clips/);
    expect(() => combinePredictions([memberOf(2, 0.5)], [0])).toThrow(/weights/);
    expect(() => combinePredictions([memberOf(2, 0.5), memberOf(3, 0.5)], [1, -1])).toThrow(/weights/);
  });
});

describe("fitEnsembleWeights", () => {
  it("finds the lowest loss on the line between two members", () => {
    const members = [memberOf(2, 0.3), memberOf(3, 0.6)];
    const weights = fitEnsembleWeights(members);
    expect(weights[0]! + weights[1]!).toBeCloseTo(1, 12);
    const lossAt = (share: number): number =>
      negativeLogLikelihood(combinePredictions(members, [share, 1 - share]));
    const steps = Array.from({ length: 201 }, (_, i) => i / 200);
    const lowest = Math.min(...steps.map(lossAt));
    expect(lossAt(weights[0]!)).toBeLessThanOrEqual(lowest + 1e-9);
  });

  it("leaves a member that knows nothing near 0", () => {
    const [, useless] = fitEnsembleWeights([memberOf(2, 1), memberOf(3, 0)]);
    expect(useless).toBeLessThan(0.2);
  });
});

describe("chooseMembers", () => {
  it("starts with the best candidate, and its pool is no worse than any single one on validation", () => {
    const candidates = [0.2, 0.8, 0.5].map((skill, i) => ({
      name: `m${i}`,
      validation: memberOf(10 + i, skill),
    }));
    const chosen = chooseMembers(candidates);
    const losses = candidates.map(({ validation }) => negativeLogLikelihood(validation));
    expect(chosen[0]!.name).toBe(candidates[losses.indexOf(Math.min(...losses))]!.name);
    const byName = new Map(candidates.map((candidate) => [candidate.name, candidate.validation]));
    const pool = combinePredictions(
      chosen.map(({ name }) => byName.get(name)!),
      chosen.map(({ count }) => count),
    );
    expect(negativeLogLikelihood(pool)).toBeLessThanOrEqual(Math.min(...losses));
  });

  it("draws no copy of a member when it is the only candidate", () => {
    expect(chooseMembers([{ name: "only", validation: memberOf(2, 0.5) }])).toEqual([
      { name: "only", count: 1 },
    ]);
  });
});

describe("disagreement", () => {
  it("is 0 for members that say the same, and grows with the distance of their answers", () => {
    const [a, b, c] = [memberOf(2, 0.5), memberOf(3, 0.5), memberOf(2, 0.5)];
    for (const value of disagreement([a, c])) expect(value).toBeCloseTo(0, 12);
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(disagreement([a, b]))).toBeGreaterThan(0.01);
  });
});

describe("selectiveAccuracy", () => {
  it("ends at the accuracy of all clips, and is 1 first where sureness knows what is right", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 500 }), (seed) => {
        const predictions = memberOf(seed, 0.4, 60);
        const right = predictions.map(({ emotion, predicted }) => (emotion === predicted ? 1 : 0));
        const curve = selectiveAccuracy(predictions, right);
        const all = right.reduce<number>((sum, one) => sum + one, 0) / right.length;
        expect(curve.at(-1)).toEqual({ coverage: 1, accuracy: all });
        for (const { coverage, accuracy } of curve)
          expect(accuracy).toBeCloseTo(Math.min(1, all / coverage), 12);
      }),
      { numRuns: 30 },
    );
  });

  it("refuses no predictions: there is no share of none", () => {
    expect(() => selectiveAccuracy([])).toThrow(/no predictions/);
  });
});
