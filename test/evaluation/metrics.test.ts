import { beforeAll, describe, expect, it } from "vitest";
import { countConfusions, scoreClasses, scorePredictions } from "../../src/evaluation/metrics.js";
import type { Prediction } from "../../src/evaluation/prediction.js";
import { expected, goldenRun, prediction } from "./goldens.js";

describe("metrics", () => {
  let run: Prediction[];
  beforeAll(async () => {
    run = await goldenRun("first");
  });

  it("count confusions as scikit-learn does", () => {
    expect(countConfusions(run)).toEqual(expected.confusion);
  });

  it("give scikit-learn's accuracy, balanced accuracy and macro-F1", () => {
    const scores = scorePredictions(run);
    for (const name of ["accuracy", "uar", "macroF1"] as const)
      expect(scores[name]).toBeCloseTo(expected.all[name], 12);
  });

  it("do so too when decisions go to emotions that no label has", () => {
    const crema = run.filter(({ corpus }) => corpus === "crema-d");
    expect(crema.some(({ predicted }) => predicted === "calm")).toBe(true);
    expect(crema.some(({ emotion }) => emotion === "calm")).toBe(false);
    const scores = scorePredictions(crema);
    for (const name of ["accuracy", "uar", "macroF1"] as const)
      expect(scores[name]).toBeCloseTo(expected["crema-d"][name], 12);
  });

  it("give scikit-learn's precision, recall, F1 and support of each emotion", () => {
    scoreClasses(run).forEach((scores, k) => {
      const { emotion, support, ...ratios } = expected.classes[k]!;
      expect(scores).toMatchObject({ emotion, support });
      for (const [name, value] of Object.entries(ratios))
        expect(scores[name as "recall"]).toBeCloseTo(value, 12);
    });
  });

  it("count an emotion that never occurs as 0, not NaN", () => {
    const calm = scoreClasses([prediction("x/1.wav", "a", "sad", "sad")])[1];
    expect(calm).toEqual({ emotion: "calm", precision: 0, recall: 0, f1: 0, support: 0 });
  });

  it("refuse to judge nothing", () => {
    expect(() => scorePredictions([])).toThrow(/no predictions/);
  });

  it("refuse a label that is no emotion, naming the clip", () => {
    const wrong = { ...prediction("x/1.wav", "a", "sad", "sad"), emotion: "bored" as "sad" };
    expect(() => scorePredictions([wrong])).toThrow(/x\/1\.wav: "bored"/);
  });
});
