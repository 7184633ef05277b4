import { applyTemperature, expectedCalibrationError, fitTemperature } from "./calibration.js";
import type { Prediction } from "./prediction.js";

/** What a model's confidence is worth, as its card tells it. */
export interface ConfidenceFigures {
  /** Divides the logits: fitted on validation. */
  readonly temperature: number;
  /** A confidence below this is unsure. */
  readonly unsureBelow: number;
  /** Expected calibration error on test, before and after the temperature. */
  readonly calibrationError: { readonly before: number; readonly after: number };
}

/**
 * The confidence below which a decision is more often wrong than right: where rejecting all below it rejects the most
 * wrong decisions less right ones (Chow 1970, "On Optimum Recognition Error and Reject Tradeoff", at half the price of an
 * error a rejection; the smallest such confidence, 0 where rejecting never pays). Confidence is the top probability of
 * `calibrated` validation predictions.
 */
export function chooseUnsureBelow(calibrated: readonly Prediction[]): number {
  const decisions = calibrated
    .map(({ emotion, predicted, probabilities }) => ({
      confidence: Math.max(...probabilities),
      isWrong: emotion !== predicted,
    }))
    .sort((a, b) => a.confidence - b.confidence);
  let [gain, best, threshold] = [0, 0, 0];
  for (const [i, { confidence, isWrong }] of decisions.entries()) {
    gain += isWrong ? 1 : -1;
    // Decisions of equal confidence fall on one side.
    const next = decisions[i + 1]?.confidence ?? 1;
    if (gain > best && next > confidence) [best, threshold] = [gain, (confidence + next) / 2];
  }
  return threshold;
}

/**
 * Temperature (fitted here where none is given) and threshold from validation predictions, and the calibration error that
 * they leave on test; four digits.
 */
export function confidenceFigures(
  validation: readonly Prediction[],
  test: readonly Prediction[],
  temperature: number = Number(fitTemperature(validation).toFixed(4)),
): ConfidenceFigures {
  const digits = (value: number): number => Number(value.toFixed(4));
  return {
    temperature,
    unsureBelow: digits(chooseUnsureBelow(applyTemperature(validation, temperature))),
    calibrationError: {
      before: digits(expectedCalibrationError(test)),
      after: digits(expectedCalibrationError(applyTemperature(test, temperature))),
    },
  };
}
