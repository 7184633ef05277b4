import { beforeAll, describe, expect, it } from "vitest";
import type { Prediction } from "../../src/evaluation/prediction.js";
import {
  alignPredictions,
  comparePaired,
  mcNemarOfCounts,
  testMcNemar,
} from "../../src/evaluation/significance.js";
import { expected, goldenRun, prediction } from "./goldens.js";

let first: Prediction[];
let second: Prediction[];
beforeAll(async () => {
  [first, second] = [await goldenRun("first"), await goldenRun("second")];
});

describe("McNemar's test", () => {
  it.each(expected.mcnemarTable)("gives SciPy's p-value for $counts", ({ counts, statistic, pValue }) => {
    const result = mcNemarOfCounts(...counts);
    expect(result.method).toBe(statistic === null ? "exact" : "chi-square");
    if (statistic !== null) expect(result.statistic).toBeCloseTo(statistic, 10);
    expect(Math.abs(result.pValue / pValue - 1)).toBeLessThan(1e-10);
  });

  it("counts the clips that one run alone gets right", () => {
    const result = testMcNemar(first, second);
    expect([result.onlyFirst, result.onlySecond]).toEqual(expected.discordant);
    expect(result.pValue).toBeCloseTo(expected.mcnemar.pValue, 10);
  });
});

describe("paired bootstrap", () => {
  it("is second minus first and does not depend on either order", () => {
    const result = comparePaired(first, second);
    expect(result.uar.value).toBeCloseTo(expected.second.uar - expected.all.uar, 12);
    expect(comparePaired([...first].reverse(), [...second].reverse())).toEqual(result);
    const { value, clip, speaker } = result.uar;
    expect(clip[0] < value && value < clip[1]).toBe(true);
    expect(speaker![0] < value && value < speaker![1]).toBe(true);
  });

  it("finds no difference between a run and itself", () => {
    expect(comparePaired(first, first).accuracy).toEqual({
      value: 0,
      clip: [0, 0],
      speaker: [0, 0],
      pValueClip: 1,
      pValueSpeaker: 1,
    });
  });

  it("finds a sure difference sure", () => {
    const perfect = first.map((row) => prediction(row.clip, "x", row.emotion, row.emotion));
    const result = comparePaired(first, perfect).uar;
    expect(result.clip[0]).toBeGreaterThan(0);
    expect(result.pValueClip).toBeCloseTo(2 / 1001, 12);
  });

  it("draws what it is told to whole: five units that all gain the same leave no doubt, single clips do", () => {
    const unit = (i: number): string => `${i % 5}`;
    const before = Array.from({ length: 50 }, (_, i) =>
      prediction(`x/${unit(i)}-${i}`, "one voice", "sad", i < 25 ? "sad" : "angry"),
    );
    const after = before.map((row, i) => (i >= 40 ? { ...row, predicted: "sad" as const } : row));
    const unitOf = ({ clip }: { clip: string }) => clip.slice(2, 3);
    const { accuracy } = comparePaired(before, after, { unitOf });
    expect(accuracy.value).toBeCloseTo(0.2, 12);
    for (const edge of accuracy.speaker!) expect(edge).toBeCloseTo(0.2, 12);
    expect(accuracy.clip[1] - accuracy.clip[0]).toBeGreaterThan(0.1);
    expect(comparePaired(before, after).accuracy.speaker).toBeNull();
  });

  it("has a p-value near McNemar's", () => {
    expect(Math.abs(comparePaired(first, second).accuracy.pValueClip - expected.mcnemar.pValue)).toBeLessThan(
      0.1,
    );
  });
});

describe("alignment", () => {
  it("tells how the clips differ", () => {
    const other = [...second.slice(1), prediction("tess/x.wav", "OAF", "sad", "sad")];
    expect(() => alignPredictions(first, other)).toThrow(
      /1 only in the first \(such as crema-d\/0000\.wav\), 1 only in the second \(such as tess\/x\.wav\)/,
    );
  });

  it("refuses labels that differ and clips that come twice", () => {
    const label = first[0]!.emotion === "sad" ? "angry" : "sad";
    expect(() => alignPredictions(first, [{ ...second[0]!, emotion: label }, ...second.slice(1)])).toThrow(
      /crema-d\/0000\.wav is labelled/,
    );
    expect(() => alignPredictions(first, [...second, second[0]!])).toThrow(/twice/);
  });
});
