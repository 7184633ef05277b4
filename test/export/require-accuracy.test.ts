import { describe, expect, it } from "vitest";
import { evaluatePredictions } from "../../src/evaluation/report.js";
import { requireAccuracy } from "../../src/export/require-accuracy.js";
import { memberOf } from "../evaluation/members.js";

const predictions = memberOf(3, 0.6, 400, 8);
const source = evaluatePredictions(predictions);
/** The source's answers with so many right decisions taken back. */
function withMistakes(count: number) {
  let left = count;
  return evaluatePredictions(
    predictions.map((one) => {
      if (one.predicted !== one.emotion || left-- <= 0) return one;
      const other = predictions.find(({ predicted }) => predicted !== one.emotion)!;
      return { ...one, predicted: other.predicted, probabilities: other.probabilities };
    }),
  );
}

describe("requireAccuracy", () => {
  it("lets pass what answers as its source, or a single clip otherwise", () => {
    expect(() => requireAccuracy(source, source)).not.toThrow();
    expect(() => requireAccuracy(withMistakes(1), source)).not.toThrow();
  });

  it("refuses what costs more than a point, and says where", () => {
    expect(() => requireAccuracy(withMistakes(40), source)).toThrow(
      /int8 costs more than a point of UAR \(all: \d+\.\d% instead of \d+\.\d%, crema-d: /,
    );
  });
});
