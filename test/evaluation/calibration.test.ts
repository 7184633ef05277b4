import { beforeAll, describe, expect, it } from "vitest";
import {
  applyTemperature,
  expectedCalibrationError,
  fitTemperature,
  negativeLogLikelihood,
  reliabilityBins,
} from "../../src/evaluation/calibration.js";
import type { Prediction } from "../../src/evaluation/prediction.js";
import { expected, goldenRun, prediction } from "./goldens.js";

let run: Prediction[];
beforeAll(async () => {
  run = await goldenRun("first");
});

describe("calibration", () => {
  it("has the calibration error that NumPy computes", () => {
    expect(expectedCalibrationError(run)).toBeCloseTo(expected.calibrationError, 10);
  });

  it("counts every clip in one bin", () => {
    const bins = reliabilityBins(run);
    expect(bins).toHaveLength(15);
    expect(bins.reduce((sum, { n }) => sum + n, 0)).toBe(run.length);
    expect(bins[0]).toEqual({ low: 0, high: 1 / 15, n: 0, confidence: null, accuracy: null });
  });

  it("has the negative log-likelihood and the temperature that SciPy finds", () => {
    expect(negativeLogLikelihood(run)).toBeCloseTo(expected.loss, 10);
    expect(fitTemperature(run)).toBeCloseTo(expected.temperature, 4);
  });

  it("is better at the fitted temperature, with the same decisions", () => {
    const scaled = applyTemperature(run, fitTemperature(run));
    expect(negativeLogLikelihood(scaled)).toBeLessThan(negativeLogLikelihood(run));
    expect(expectedCalibrationError(scaled)).toBeLessThan(expectedCalibrationError(run));
    expect(scaled.map(({ predicted }) => predicted)).toEqual(run.map(({ predicted }) => predicted));
    for (const { probabilities } of scaled)
      expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
  });

  it("stays finite for probabilities of exactly 0 and 1, right or wrong", () => {
    const sure = [prediction("x/1.wav", "a", "sad", "sad"), prediction("x/2.wav", "a", "sad", "happy")];
    expect(Number.isFinite(negativeLogLikelihood(sure))).toBe(true);
    const scaled = applyTemperature(sure, fitTemperature(sure));
    expect(scaled.flatMap(({ probabilities }) => probabilities).every(Number.isFinite)).toBe(true);
  });

  it("fits a temperature for what it then does, where probabilities are written as 0", () => {
    // Six of ten are right, all wholly sure: softened as it was fitted, the confidence becomes 60%.
    const sure = Array.from({ length: 10 }, (_, i) =>
      prediction(`x/${i}.wav`, "a", "sad", i < 6 ? "sad" : "happy"),
    );
    expect(expectedCalibrationError(sure)).toBeCloseTo(0.4, 9);
    expect(expectedCalibrationError(applyTemperature(sure, fitTemperature(sure)))).toBeLessThan(0.12);
  });

  it("refuses a temperature that is none", () => {
    for (const temperature of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => applyTemperature(run, temperature)).toThrow(/The temperature is/);
  });
});
