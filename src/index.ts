/**
 * The public API of affectlab: what notebooks and programs import.
 *
 *     import { defineRun, trainRun, resolveSettings } from "affectlab";
 */

export { decodeAudio } from "./audio/decode.js";
export { decodeFile } from "./audio/decode-file.js";
export { prepareWave, trimSilence } from "./audio/trim.js";
export { sampleRateHz, type Wave } from "./audio/wave.js";
export * from "./core/errors.js";
export { formatSeconds, type ProgressListener, type ProgressState } from "./core/progress.js";
export { createRandom, type Random } from "./core/random.js";
export { type Profile, profiles, resolveSettings, type Settings } from "./core/settings.js";
export { listenForStop, type StopSignal } from "./core/stop-signal.js";
export { deviceName, loadTensorFlow, tensorFlowVersion } from "./core/tensorflow.js";
export { loadCatalogue, loadCatalogueFor } from "./corpora/catalogue.js";
export { catalogueFrame } from "./corpora/catalogue-frame.js";
export type { Clip } from "./corpora/clip.js";
export { type Emotion, emotionIndex, emotions } from "./corpora/emotions.js";
export { corpora, corpusNames } from "./corpora/registry.js";
export * from "./evaluation/calibration.js";
export * from "./evaluation/metrics.js";
export type { Prediction } from "./evaluation/prediction.js";
export { readPredictions } from "./evaluation/predictions-file.js";
export * from "./evaluation/report.js";
export * from "./evaluation/significance.js";
export * from "./features/augment-features.js";
export { cachedFeatures } from "./features/cache.js";
export { extractFeatures } from "./features/extract.js";
export * from "./features/feature-spec.js";
export { fitStandardisation, type Standardisation, standardise } from "./features/standardise.js";
export { loadPredictor } from "./inference/load-predictor.js";
export { type EmotionAnswer, type Predictor, predictWaves } from "./inference/predict.js";
export { architectures } from "./models/registry.js";
export { buildResNet, type ResNetOptions, resNetDefaults } from "./models/resnet.js";
export { drawSplit } from "./protocols/draw-split.js";
export { type ProtocolName, protocolNames, type Split } from "./protocols/split.js";
export { splitFor } from "./protocols/split-for.js";
export { defineRun, type RunRequest, usualCorpora } from "./training/define-run.js";
export type { EpochRecord } from "./training/history.js";
export { listPublished, readPublished } from "./training/published.js";
export { recipeFor } from "./training/recipes.js";
export type { RunMetrics } from "./training/run-metrics.js";
export { type RunSpec, runHash, type TrainingOptions } from "./training/run-spec.js";
export { findRun, listRuns, type Run, readRun } from "./training/run-store.js";
export { type TrainOptions, trainRun } from "./training/train-run.js";
