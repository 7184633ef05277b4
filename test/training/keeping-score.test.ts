import { describe, expect, it } from "vitest";
import { scorePredictions } from "../../src/evaluation/metrics.js";
import { keepingScore } from "../../src/training/keeping-score.js";
import { prediction } from "../evaluation/goldens.js";

describe("an epoch's score for keeping it", () => {
  it("is the UAR of all clips unless said otherwise", () => {
    const predictions = [
      prediction("tess/1", "yaf", "happy", "happy"),
      prediction("tess/2", "yaf", "sad", "happy"),
    ];
    expect(keepingScore(predictions)).toBe(scorePredictions(predictions).uar);
  });

  it("is the mean of the corpora's UAR where asked, whatever their sizes", () => {
    const predictions = [
      prediction("ravdess/1", "01", "calm", "calm"),
      prediction("ravdess/2", "01", "happy", "calm"),
      ...Array.from({ length: 10 }, (_, i) => prediction(`tess/${i}`, "yaf", "sad", "sad")),
    ];
    expect(keepingScore(predictions, "mean-corpus-uar")).toBe((0.5 + 1) / 2);
    expect(keepingScore(predictions)).toBeCloseTo(2 / 3);
  });
});
