import type { Settings } from "../../../core/settings.js";
import { actorGaps } from "../../../evaluation/actor-gaps.js";
import {
  applyTemperature,
  expectedCalibrationError,
  fitTemperature,
  reliabilityBins,
} from "../../../evaluation/calibration.js";
import type { Prediction } from "../../../evaluation/prediction.js";
import { selectiveAccuracy } from "../../../evaluation/selective.js";
import { type PublishedResult, readPublished } from "../../../training/published.js";
import { rows } from "../../../training/rows.js";
import { ageGroupOf } from "../architecture/show-failures.js";
import type { RowStudy } from "./comparison.js";
import { rankedClips } from "./ranked-figure.js";

/** What is said beyond their figure of all rows that are published on new voices. */
export async function studyRows(
  published: readonly PublishedResult[],
  settings: Settings,
): Promise<RowStudy[]> {
  const studies: RowStudy[] = [];
  for (const row of rows) {
    const result = published.find(({ place }) => place === `speaker-independent/${row.name}/seed-0`);
    if (result === undefined) continue;
    const { test, validation } = await readPublished(result.place, settings);
    studies.push(studyRow(row.name, rankedClips("speaker-independent", test), validation));
  }
  return studies;
}

/** Groups, calibration and selective prediction of one set of test predictions. */
export function studyRow(
  row: string,
  test: readonly Prediction[],
  validation: readonly Prediction[],
): RowStudy {
  const temperature = fitTemperature(validation);
  const calibrated = applyTemperature(test, temperature);
  return {
    row,
    gaps: {
      sex: actorGaps(test, ({ sex }) => sex),
      age: actorGaps(test, ({ age }) => ageGroupOf(age)),
      race: actorGaps(test, ({ race }) => race),
      ethnicity: actorGaps(test, ({ ethnicity }) => ethnicity),
    },
    calibration: {
      temperature,
      errorBefore: expectedCalibrationError(test),
      errorAfter: expectedCalibrationError(calibrated),
      before: reliabilityBins(test),
      after: reliabilityBins(calibrated),
    },
    selective: selectiveAccuracy(calibrated),
  };
}
