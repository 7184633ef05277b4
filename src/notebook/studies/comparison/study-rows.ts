import type { Settings } from "../../../core/settings.js";
import { cremaSpeakers } from "../../../corpora/crema-d-speakers.js";
import {
  applyTemperature,
  expectedCalibrationError,
  fitTemperature,
  reliabilityBins,
} from "../../../evaluation/calibration.js";
import { groupGaps } from "../../../evaluation/group-gaps.js";
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
  const actors = test.filter(({ corpus, speaker }) => corpus === "crema-d" && actorOf(speaker) !== undefined);
  const by = (group: (actor: NonNullable<ReturnType<typeof actorOf>>) => string) =>
    groupGaps(actors, ({ speaker }) => group(actorOf(speaker)!));
  const temperature = fitTemperature(validation);
  const calibrated = applyTemperature(test, temperature);
  return {
    row,
    gaps: {
      sex: by(({ sex }) => sex),
      age: by(({ age }) => ageGroupOf(age)),
      race: by(({ race }) => race),
      ethnicity: by(({ ethnicity }) => ethnicity),
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

function actorOf(speaker: string) {
  return cremaSpeakers[speaker.slice("crema-d/".length)];
}
