import * as tf from "@tensorflow/tfjs";
import { writeJson } from "../../core/files.js";
import type { ProgressListener } from "../../core/progress.js";
import type { Settings } from "../../core/settings.js";
import type { StopSignal } from "../../core/stop-signal.js";
import { loadTensorFlow, tensorFlowVersion } from "../../core/tensorflow.js";
import type { Clip } from "../../corpora/clip.js";
import { emotionIndex, emotions } from "../../corpora/emotions.js";
import { decide } from "../../evaluation/combine.js";
import { scorePredictions } from "../../evaluation/metrics.js";
import type { Prediction } from "../../evaluation/prediction.js";
import { writePredictions } from "../../evaluation/predictions-file.js";
import { evaluatePredictions } from "../../evaluation/report.js";
import { writeHistory } from "../history.js";
import { fitLinearProbe } from "../linear-probe.js";
import { dataChecksumOf, sourceOf } from "../run-data.js";
import { describeDevice, type ResultMetrics, versionsInUse } from "../run-metrics.js";
import { runHash } from "../run-spec.js";
import { emptyRun, openRun, type Run, readRun, runFiles } from "../run-store.js";
import { aloneWithRun } from "../running.js";
import { splitOfRun } from "../split-of-run.js";
import type { BaselineSpec } from "./baseline-spec.js";
import { type ClipVectors, statisticsVectors, type VectorOptions, whisperVectors } from "./clip-vectors.js";

export interface FitOptions {
  readonly settings: Settings;
  readonly force?: boolean;
  readonly onProgress?: ProgressListener;
  readonly stop?: StopSignal;
}

/** What a baseline has learnt, and from what. */
interface Fitted {
  readonly answer: (clips: readonly Clip[]) => Prediction[];
  readonly parameters: number;
  readonly penalty?: number;
}

/**
 * The run of a baseline: read from the store when it is there, else fitted on the training clips, its penalty chosen on
 * validation (the best UAR), and judged on test once. Throws LabError for absent corpora or weights, InterruptedError
 * when stopped.
 */
export async function fitBaseline(spec: BaselineSpec, options: FitOptions): Promise<Run<BaselineSpec>> {
  const settings = { ...options.settings, profile: spec.profile };
  const hash = runHash(spec);
  const finished = options.force === true ? null : await readRun<BaselineSpec>(hash, settings);
  if (finished !== null) return finished;
  loadTensorFlow();
  return await aloneWithRun(runFiles(hash, settings), options, async () => {
    if (options.force === true) await emptyRun(hash, settings);
    const meanwhile = await readRun<BaselineSpec>(hash, settings); // by the process that was waited for
    if (meanwhile !== null) return meanwhile;
    await fitAndJudge(spec, { ...options, settings });
    return (await readRun<BaselineSpec>(hash, settings))!;
  });
}

async function fitAndJudge(spec: BaselineSpec, options: FitOptions): Promise<void> {
  const { settings } = options;
  const { clips, split } = await splitOfRun(spec, settings);
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const [train, validation, test] = [split.train, split.validation, split.test].map((ids) =>
    ids.map((id) => byId.get(id)!),
  ) as [Clip[], Clip[], Clip[]];
  const used = [...train, ...validation, ...test];
  const vectors = await vectorsOf(spec, used, options);
  const start = performance.now();
  const fitted = vectors === null ? commonest(train) : regression(spec, vectors, train, validation);
  const predicted = { test: fitted.answer(test), validation: fitted.answer(validation) };
  const metrics: ResultMetrics<BaselineSpec> = {
    spec,
    specHash: runHash(spec),
    dataChecksum: dataChecksumOf(spec),
    source: sourceOf(spec, used),
    test: evaluatePredictions(predicted.test),
    validation: evaluatePredictions(predicted.validation),
    parameters: fitted.parameters,
    epochs: 0,
    bestEpoch: 0,
    ...(fitted.penalty !== undefined && { penalty: fitted.penalty }),
    seconds: Math.round((performance.now() - start) / 1000),
    device: describeDevice("CPU"),
    precision: "float32",
    versions: versionsInUse(tensorFlowVersion(), tf.version_core),
  };
  const files = await openRun(spec, settings);
  await writePredictions(files.predictions, predicted.test);
  await writePredictions(files.validation, predicted.validation);
  await writeHistory(files.history, []);
  await writeJson(files.metrics, metrics); // last: it says that the run is whole
}

async function vectorsOf(
  { model, options, features }: BaselineSpec,
  clips: readonly Clip[],
  where: VectorOptions,
): Promise<ClipVectors | null> {
  if (features === null) return null;
  return model === "baseline-whisper"
    ? await whisperVectors(clips, options.size as string, features, where)
    : await statisticsVectors(clips, features, where);
}

/** Answers each emotion with its share of the training clips: always the commonest, as sure as that one is common. */
function commonest(train: readonly Clip[]): Fitted {
  const counts = emotions.map((emotion) => train.filter((clip) => clip.emotion === emotion).length);
  return { answer: (clips) => clips.map((clip) => toPrediction(clip, counts)), parameters: emotions.length };
}

function regression(
  { options }: BaselineSpec,
  vectors: ClipVectors,
  train: readonly Clip[],
  validation: readonly Clip[],
): Fitted {
  const best = fitBestOnVectors(vectors, train, validation, options.penalties as readonly number[]);
  const width = vectors.get(train[0]!.id)!.length;
  return { ...best, parameters: (width + 1) * emotions.length };
}

/** The regression whose penalty, of those that are tried, has the best UAR on the held clips; the first of equals. */
export function fitBestOnVectors(
  vectors: ClipVectors,
  train: readonly Clip[],
  held: readonly Clip[],
  penalties: readonly number[],
): { readonly answer: (clips: readonly Clip[]) => Prediction[]; readonly penalty: number } {
  const tried = penalties.map((penalty) => {
    const answer = fitOnVectors(vectors, train, penalty);
    return { penalty, answer, uar: scorePredictions(answer(held)).uar };
  });
  const { answer, penalty } = tried.reduce((best, one) => (one.uar > best.uar ? one : best));
  return { answer, penalty };
}

/** A logistic regression on clips' vectors: gives the prediction of any clip that has one. */
export function fitOnVectors(
  vectors: ClipVectors,
  train: readonly Clip[],
  penalty: number,
): (clips: readonly Clip[]) => Prediction[] {
  const vectorOf = ({ id }: Clip): Float32Array => vectors.get(id)!;
  const probe = fitLinearProbe(
    train.map((clip) => ({ vector: vectorOf(clip), label: emotionIndex(clip.emotion) })),
    { classes: emotions.length, penalty },
  );
  return (clips) => {
    const probabilities = probe(clips.map(vectorOf));
    return clips.map((clip, i) => toPrediction(clip, probabilities[i]!));
  };
}

function toPrediction({ id: clip, corpus, speaker, emotion }: Clip, values: readonly number[]): Prediction {
  return decide({ clip, corpus, speaker, emotion, predicted: emotion, probabilities: [] }, values);
}
