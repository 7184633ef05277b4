import { reliabilityCurve } from "../../../charts/reliability.js";
import { percentSign } from "../../../core/percent.js";
import {
  applyTemperature,
  expectedCalibrationError,
  fitTemperature,
  reliabilityBins,
} from "../../../evaluation/calibration.js";
import type { Prediction } from "../../../evaluation/prediction.js";
import type { Run } from "../../../training/run-store.js";
import { show, showMarkdown } from "../../display.js";

/**
 * Whether confidence is deserved: reliability on test clips before and after the temperature that is fitted on
 * validation clips (Guo et al. 2017), and the expected calibration error of both. Decisions stay the same.
 */
export async function showConfidence({ test, validation }: Run): Promise<void> {
  const temperature = fitTemperature(validation);
  const calibrated = applyTemperature(test, temperature);
  await show(
    reliabilityCurve({
      "as trained": reliabilityBins(test),
      "with temperature": reliabilityBins(calibrated),
    }),
  );
  const error = (predictions: readonly Prediction[]): string =>
    percentSign(expectedCalibrationError(predictions));
  showMarkdown(
    `Temperature ${temperature.toFixed(2)}: expected calibration error on test ${error(test)} → ${error(calibrated)}.`,
  );
}
