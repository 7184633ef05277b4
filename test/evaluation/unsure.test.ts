import { describe, expect, it } from "vitest";
import { emotions } from "../../src/corpora/emotions.js";
import type { Prediction } from "../../src/evaluation/prediction.js";
import { chooseUnsureBelow, confidenceFigures } from "../../src/evaluation/unsure.js";

/** A prediction of happy with this confidence, right or wrong. */
function decision(confidence: number, isRight: boolean, i: number): Prediction {
  const others = (1 - confidence) / 7;
  return {
    clip: `crema-d/${i}.wav`,
    corpus: "crema-d",
    speaker: "crema-d/1001",
    emotion: isRight ? "happy" : "sad",
    predicted: "happy",
    probabilities: emotions.map((emotion) => (emotion === "happy" ? confidence : others)),
  } as Prediction;
}
const decisions = (...rows: [number, boolean][]) => rows.map(([p, isRight], i) => decision(p, isRight, i));

describe("the threshold of unsure", () => {
  it("rejects the most wrong decisions less right ones", () => {
    const some = decisions(
      [0.2, false],
      [0.3, false],
      [0.4, true],
      [0.5, false],
      [0.6, false],
      [0.7, true],
      [0.9, true],
    );
    expect(chooseUnsureBelow(some)).toBeCloseTo(0.65, 9); // four wrong, one right; up to 0.35 two wrong
  });

  it("is the smaller of two that are worth as much", () => {
    const some = decisions([0.2, false], [0.3, true], [0.4, false], [0.5, true], [0.9, true]);
    expect(chooseUnsureBelow(some)).toBeCloseTo(0.25, 9);
  });

  it("is 0 for a model that is right when it is least sure, and high for one that is mostly wrong", () => {
    expect(chooseUnsureBelow(decisions([0.2, true], [0.3, true], [0.9, false]))).toBe(0);
    expect(chooseUnsureBelow(decisions([0.2, false], [0.9, false]))).toBeCloseTo(0.95, 9);
    expect(chooseUnsureBelow([])).toBe(0);
  });

  it("keeps decisions of equal confidence together", () => {
    expect(chooseUnsureBelow(decisions([0.3, false], [0.3, true], [0.3, true], [0.8, true]))).toBe(0);
  });

  it("stands beside a temperature that lessens the calibration error of a model that is too sure", () => {
    const rows = Array.from({ length: 400 }, (_, i) => decision(0.97, i % 10 < 6, i));
    const { temperature, unsureBelow, calibrationError } = confidenceFigures(rows, rows);
    expect(temperature).toBeGreaterThan(1);
    expect(calibrationError.before).toBeCloseTo(0.37, 3);
    expect(calibrationError.after).toBeLessThan(0.02);
    expect(unsureBelow).toBe(0);
  });
});
