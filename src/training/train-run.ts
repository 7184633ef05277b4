import * as tf from "@tensorflow/tfjs";
import { writeJson } from "../core/files.js";
import { graphicsCard } from "../core/graphics-card.js";
import type { ProgressListener } from "../core/progress.js";
import type { Settings } from "../core/settings.js";
import type { StopSignal } from "../core/stop-signal.js";
import { deviceName, loadTensorFlow, tensorFlowVersion } from "../core/tensorflow.js";
import type { Clip } from "../corpora/clip.js";
import { writePredictions } from "../evaluation/predictions-file.js";
import { evaluatePredictions } from "../evaluation/report.js";
import { prepareTraining } from "../models/prepare-training.js";
import { readCheckpoint, type TrainingState } from "./checkpoint.js";
import { loadTrainingData, type TrainingData } from "./data.js";
import { type EpochListener, isTrained, runTrainingLoop } from "./loop.js";
import { requirePrecision } from "./precision.js";
import { predictExamples } from "./predict-examples.js";
import { dataChecksumOf, sourceOf } from "./run-data.js";
import { describeDevice, type RunMetrics, versionsInUse } from "./run-metrics.js";
import { buildModel, putAverageInto, putPretrainedInto } from "./run-model.js";
import { type RunSpec, runHash } from "./run-spec.js";
import { emptyRun, openRun, type Run, type RunFiles, readRun, runFiles } from "./run-store.js";
import { aloneWithRun } from "./running.js";
import { stateOfRun } from "./state-of-run.js";
import { hearTeachers, withTeachers } from "./teachers.js";

export interface TrainOptions {
  readonly settings: Settings;
  /** Trains again although the store has a finished run of this specification. */
  readonly force?: boolean;
  readonly onProgress?: ProgressListener;
  /** Told the history after every epoch: for curves that grow while training goes on. */
  readonly onEpoch?: EpochListener;
  /** Asks to end after the current step; what was reached is kept and the next call goes on from there. */
  readonly stop?: StopSignal;
}

/**
 * The run of a specification: read from the store when it is there, gone on with when it was cut off, trained
 * from the start otherwise; its teachers, if it has any, first. Where another process trains it, it waits for that one and
 * reads what it wrote. The weights of the epoch that was best on validation (`training.keptBy`) are the ones that are judged;
 * the test clips are looked at once, at the end. Throws InterruptedError when stopped, LabError for absent
 * corpora and for a precision that this machine does not have.
 */
export async function trainRun(spec: RunSpec, options: TrainOptions): Promise<Run> {
  const { settings, force = false } = options;
  const hash = runHash(spec);
  const finished = force ? null : await readRun(hash, settings);
  if (finished !== null) return finished;

  loadTensorFlow();
  requirePrecision(spec.precision);
  await trainTeachers(spec, options);
  return await aloneWithRun(runFiles(hash, settings), options, async () => {
    if (force) await emptyRun(hash, settings);
    const meanwhile = await readRun(hash, settings); // by the process that was waited for
    if (meanwhile !== null) return meanwhile;
    await trainAndJudge(spec, await openRun(spec, settings), options);
    return (await readRun(hash, settings))!;
  });
}

/**
 * Trains a run as `trainRun` does and stops short of the test clips: they are neither loaded nor judged, and nothing but
 * the checkpoints and the history is written. `trainRun` of the same specification judges it later without training
 * again, and a run that is finished, though restored without its checkpoints, is not trained again either. Gives the state
 * at the end; its `bestUar` is the score on validation by which the epoch was kept. Throws what `trainRun` throws,
 * DivergedError among it.
 */
export async function trainUnjudged(spec: RunSpec, options: TrainOptions): Promise<TrainingState> {
  const { settings } = options;
  const hash = runHash(spec);
  const trainedState = async (): Promise<TrainingState | null> => {
    const checkpoint = await readCheckpoint(runFiles(hash, settings).last, hash);
    if (checkpoint !== null && isTrained(checkpoint.state, spec.training)) return checkpoint.state;
    const finished = await readRun(hash, settings);
    return finished === null ? null : stateOfRun(finished);
  };
  const before = await trainedState();
  if (before !== null) return before;

  loadTensorFlow();
  requirePrecision(spec.precision);
  await trainTeachers(spec, options);
  return await aloneWithRun(runFiles(hash, settings), options, async () => {
    const meanwhile = await trainedState();
    if (meanwhile !== null) return meanwhile;
    const files = await openRun(spec, settings);
    return await withTrained(spec, files, { ...options, withoutTest: true }, async (_, __, state) => state);
  });
}

/**
 * The runs that this one learns from, where the store lacks them. One that withholds clips is made for its answers about
 * these: the test is not looked at for it.
 */
async function trainTeachers({ teachers = [] }: RunSpec, options: TrainOptions): Promise<void> {
  for (const teacher of teachers) {
    const { settings, stop } = options;
    const onProgress: ProgressListener = (state) =>
      options.onProgress?.({ ...state, task: `teacher ${teacher.model}, ${state.task}` });
    const train = teacher.withheld === undefined ? trainRun : trainUnjudged;
    await train(teacher, { settings, onProgress, ...(stop !== undefined && { stop }) });
  }
}

async function trainAndJudge(spec: RunSpec, files: RunFiles, options: TrainOptions): Promise<void> {
  await withTrained(spec, files, options, async (model, data, state) => {
    putAverageInto(model, (await readCheckpoint(files.best, runHash(spec)))!, spec);
    await judge(spec, files, model, data, state);
  });
}

/** Trains a network to its end and hands it on, before it is disposed of. */
async function withTrained<T>(
  spec: RunSpec,
  files: RunFiles,
  { settings, onProgress, onEpoch, stop, withoutTest }: TrainOptions & { readonly withoutTest?: boolean },
  use: (model: tf.LayersModel, data: TrainingData, state: TrainingState) => Promise<T>,
): Promise<T> {
  const hash = runHash(spec);
  const answers =
    spec.teachers === undefined ? null : await hearTeachers(spec, { settings, onProgress, stop });
  const data = await loadTrainingData(spec, {
    settings,
    onProgress,
    stop,
    withoutTest,
  });
  await writeJson(files.standardisation, data.standardisation);
  const model = buildModel(spec, data.standardisation.mean.length);
  prepareTraining(model, spec.precision);
  try {
    const checkpoint = await readCheckpoint(files.last, hash);
    if (checkpoint === null) await putPretrainedInto(model, spec, settings);
    const state = await runTrainingLoop({
      model,
      train: answers === null ? data.train : withTeachers(data.train, answers),
      validation: data.validation,
      options: spec.training,
      seed: spec.seed,
      runHash: hash,
      files,
      checkpoint,
      device: thisDevice(),
      onProgress,
      onEpoch,
      stop,
    });
    return await use(model, data, state);
  } finally {
    model.dispose();
  }
}

function clipsOf({ train, validation, test }: TrainingData): Clip[] {
  return [...train, ...validation, ...test].map((example) => example.clip);
}

function thisDevice(): string {
  return describeDevice(deviceName() === "GPU" ? (graphicsCard()?.name ?? "GPU") : "CPU");
}

async function judge(
  spec: RunSpec,
  files: RunFiles,
  model: tf.LayersModel,
  data: TrainingData,
  { epoch, bestEpoch, seconds, devices = [thisDevice()] }: TrainingState,
): Promise<void> {
  const validation = await predictExamples(model, data.validation, spec.training.frames);
  const test = await predictExamples(model, data.test, spec.training.frames);
  const metrics: RunMetrics = {
    spec,
    specHash: runHash(spec),
    dataChecksum: dataChecksumOf(spec),
    source: sourceOf(spec, clipsOf(data)),
    test: evaluatePredictions(test),
    validation: evaluatePredictions(validation),
    parameters: model.countParams(),
    epochs: epoch,
    bestEpoch,
    seconds: Math.round(seconds),
    device: devices.join(", then "),
    precision: spec.precision,
    versions: versionsInUse(tensorFlowVersion(), tf.version_core),
  };
  await writePredictions(files.predictions, test);
  await writePredictions(files.validation, validation);
  await writeJson(files.metrics, metrics);
}
