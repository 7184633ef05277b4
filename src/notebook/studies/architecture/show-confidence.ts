import { reliabilityCurve } from "../../../charts/reliability.js";
import { percentSign } from "../../../core/percent.js";
import {
  applyTemperature,
  expectedCalibrationError,
  fitTemperature,
  reliabilityBins,
} from "../../../evaluation/calibration.js";
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
  const [before, after] = [test, calibrated].map((predictions) => expectedCalibrationError(predictions)) as [
    number,
    number,
  ];
  const verdict =
    percentSign(after) === percentSign(before)
      ? "It changes nothing here."
      : after < before
        ? "It helps here."
        : "On these voices it does not help: validation was another case.";
  showMarkdown(
    `Temperature ${temperature.toFixed(2)}: expected calibration error on all ${test.length} test clips ${percentSign(before)} → ${percentSign(after)}. ${verdict}`,
  );
}
