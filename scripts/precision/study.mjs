// What bf16 costs in accuracy: the same runs in both precisions, judged on the same test clips.
import { compiled } from "../benchmark/compiled.mjs";

/** @type {typeof import("../../src/evaluation/report.js")} */
const { evaluatePredictions, groupMetrics } = compiled("evaluation/report");
/** @type {typeof import("../../src/evaluation/significance.js")} */
const { comparePaired } = compiled("evaluation/significance");

/** @typedef {import("../../src/evaluation/prediction.js").Prediction} Prediction */
/** @typedef {import("../../src/evaluation/intervals.js").Interval} Interval */
/** @typedef {"float32" | "bf16"} Precision */

export const seeds = [0, 1, 2];
/** @type {readonly Precision[]} */
export const precisions = ["float32", "bf16"];

/** The runs of the study but for seed and precision: the resnet's recipe, shorter, on new voices. */
export const request = /** @type {const} */ ({
  model: "resnet",
  protocol: "speaker-independent",
  profile: "full",
  training: { epochs: 8 },
});

/**
 * @typedef {object} StudyRun
 * @property {Precision} precision
 * @property {number} seed
 * @property {string} specHash
 * @property {number} seconds of training and validation
 * @property {readonly Prediction[]} test
 */

/**
 * The study's figures, from predictions alone: UAR and accuracy on CREMA-D's new voices for every run, their means over
 * seeds, and the difference bf16 - float32 for every seed and over all of them, with 95% bootstrap intervals.
 * @param {readonly StudyRun[]} runs
 */
export function describeStudy(runs) {
  const judged = runs.map((run) => ({ ...run, test: run.test.filter(({ corpus }) => corpus === "crema-d") }));
  const of = (/** @type {Precision} */ precision) => judged.filter((run) => run.precision === precision);
  const [single, half] = [of("float32"), of("bf16")];
  return {
    model: request.model,
    protocol: request.protocol,
    epochs: request.training.epochs,
    part: "test clips of crema-d",
    clips: single[0]?.test.length ?? 0,
    runs: judged.map(({ precision, seed, specHash, seconds, test }) => {
      const { accuracy, uar } = evaluatePredictions(test).all;
      return { precision, seed, specHash, seconds, accuracy, uar };
    }),
    means: precisions.map((precision) => ({ precision, ...meanOverSeeds(of(precision)) })),
    differences: single.map(({ seed, test }) => {
      const other = half.find((run) => run.seed === seed);
      const { accuracy, uar } = comparePaired(test, other?.test ?? []);
      return { seed, accuracy, uar };
    }),
    differenceOverSeeds: overSeeds(single, half),
  };
}

/** The predictions of all seeds, each clip once a seed. @param {readonly StudyRun[]} runs @returns {Prediction[]} */
const joined = (runs) =>
  runs.flatMap(({ seed, test }) => test.map((row) => ({ ...row, clip: `${row.clip} seed ${seed}` })));

/**
 * The mean over seeds, which judge the same clips: what is drawn for an interval, a clip or a speaker with all of its clips,
 * is drawn from every seed at once. Drawn from each seed by itself, the interval would be too narrow.
 * @param {readonly StudyRun[]} runs
 */
function meanOverSeeds(runs) {
  const rows = joined(runs);
  // A clip's rows are kept together as a speaker's are.
  const sameClips = runs.flatMap(({ test }) => test).map(({ clip }, i) => ({ ...rows[i], speaker: clip }));
  const [bySpeaker, byClip] = [rows, sameClips].map((some) => groupMetrics(some, () => "all").all);
  const figure = (/** @type {"accuracy" | "uar"} */ name) => ({
    value: bySpeaker[name].value,
    clip: /** @type {Interval} */ (byClip[name].speaker), // null for fewer than five clips alone
    speaker: bySpeaker[name].speaker,
  });
  return { accuracy: figure("accuracy"), uar: figure("uar") };
}

/**
 * All seeds at once, speakers resampled whole: the clips of a speaker are judged three times, once a seed, and stay
 * together, so that the interval is not narrower than the voices allow.
 * @param {readonly StudyRun[]} single
 * @param {readonly StudyRun[]} half
 */
function overSeeds(single, half) {
  const { accuracy, uar } = comparePaired(joined(single), joined(half));
  return {
    accuracy: { value: accuracy.value, speaker: accuracy.speaker },
    uar: { value: uar.value, speaker: uar.speaker },
  };
}
