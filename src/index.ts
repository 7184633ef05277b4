/**
 * The public API of affectlab: what notebooks and programs import.
 *
 *     import { defineRun, trainRun, resolveSettings } from "affectlab";
 */

export { decodeAudio } from "./audio/decode.js";
export { decodeFile, readDuration } from "./audio/decode-file.js";
export { encodeWav } from "./audio/encode-wav.js";
export { resample } from "./audio/resample.js";
export { peakNormalise, prepareWave, trimSilence } from "./audio/trim.js";
export { sampleRateHz, type Wave } from "./audio/wave.js";
export type { Chart } from "./charts/chart.js";
export * from "./charts/counts.js";
export * from "./charts/distributions.js";
export * from "./charts/intervals.js";
export * from "./charts/learning-curves.js";
export * from "./charts/matrices.js";
export * from "./charts/reliability.js";
export * from "./charts/search.js";
export * from "./charts/sound.js";
export * from "./core/errors.js";
export { formatSeconds, type ProgressListener, type ProgressState } from "./core/progress.js";
export { createRandom, type Random } from "./core/random.js";
export { type Profile, profiles, resolveSettings, type Settings } from "./core/settings.js";
export { listenForStop, type StopSignal } from "./core/stop-signal.js";
export { deviceName, loadTensorFlow, tensorFlowVersion } from "./core/tensorflow.js";
export { loadCatalogue, loadCatalogueFor } from "./corpora/catalogue.js";
export { catalogueFrame } from "./corpora/catalogue-frame.js";
export { areOriginal, dataChecksum, dataChecksums } from "./corpora/checksums.js";
export type { Clip } from "./corpora/clip.js";
export { defectOf } from "./corpora/corpus.js";
export { type Emotion, emotionIndex, emotions } from "./corpora/emotions.js";
export { corpora, corpusNames } from "./corpora/registry.js";
export { synthesiseSample } from "./corpora/sample/sample.js";
export * from "./evaluation/calibration.js";
export * from "./evaluation/metrics.js";
export type { Prediction } from "./evaluation/prediction.js";
export { readPredictions } from "./evaluation/predictions-file.js";
export * from "./evaluation/report.js";
export * from "./evaluation/significance.js";
export { behindFrontEnd } from "./explanation/behind-front-end.js";
export {
  attributeInput,
  type ExplainedNetwork,
  integratedGradients,
} from "./explanation/integrated-gradients.js";
export * from "./features/augment-features.js";
export * from "./features/augment-wave.js";
export { bandCentres } from "./features/band-centres.js";
export { cachedFeatures } from "./features/cache.js";
export { extractFeatures } from "./features/extract.js";
export * from "./features/feature-spec.js";
export { mixBatch } from "./features/mixup.js";
export { placeFeatures } from "./features/place-features.js";
export { fitStandardisation, type Standardisation, standardise } from "./features/standardise.js";
export * from "./inference/index.js";
export { buildDenseNet, type DenseNetOptions, denseNetDefaults } from "./models/densenet.js";
export { buildPage, pageDefaults } from "./models/page.js";
export { architectures } from "./models/registry.js";
export { buildResNet, type ResNetOptions, resNetDefaults } from "./models/resnet.js";
export { buildWideResNet, wideResNetDefaults } from "./models/resnet-wide.js";
export { buildSimpleCnn, type SimpleCnnOptions, simpleCnnDefaults } from "./models/simple-cnn.js";
export { show, showMarkdown, showSound, showTable } from "./notebook/display.js";
export { metricRows, uarRows } from "./notebook/metric-rows.js";
export { notebookProgress } from "./notebook/notebook-progress.js";
export { recordRun } from "./notebook/record.js";
export { showSetup } from "./notebook/show-setup.js";
export { averageListening } from "./notebook/studies/architecture/average-listening.js";
export { type RunPair, showRuns, trainWithCurves } from "./notebook/studies/architecture/runs.js";
export { showConfidence } from "./notebook/studies/architecture/show-confidence.js";
export { measureLatency, showCost } from "./notebook/studies/architecture/show-cost.js";
export {
  ageGroupOf,
  confidentMistakes,
  showFailures,
} from "./notebook/studies/architecture/show-failures.js";
export {
  showConfusions,
  showTestFigures,
  showVariants,
} from "./notebook/studies/architecture/show-figures.js";
export { showListening } from "./notebook/studies/architecture/show-listening.js";
export { showTakeaway } from "./notebook/studies/architecture/show-takeaway.js";
export * from "./notebook/studies/clip-measures.js";
export { compareRows } from "./notebook/studies/comparison/compare.js";
export type { Comparison } from "./notebook/studies/comparison/comparison.js";
export * from "./notebook/studies/comparison/show-comparison.js";
export * from "./notebook/studies/comparison/transfer.js";
export * from "./notebook/studies/cross-validation.js";
export { loadEnsembleCandidates } from "./notebook/studies/ensemble/load-candidates.js";
export { showChoice, showJudgement } from "./notebook/studies/ensemble/show-ensemble.js";
export * from "./notebook/studies/listening.js";
export * from "./notebook/studies/preprocessing-choices.js";
export * from "./notebook/studies/search/search-settings.js";
export * from "./notebook/studies/search/show-search.js";
export { drawSplit } from "./protocols/draw-split.js";
export { type ProtocolName, protocolNames, type Split } from "./protocols/split.js";
export { splitFor } from "./protocols/split-for.js";
export { defineRun, type RunRequest } from "./training/define-run.js";
export { chooseEnsemble, judgeEnsemble } from "./training/ensemble/make-ensemble.js";
export { evaluateCheckpoint } from "./training/evaluate-checkpoint.js";
export type { EpochRecord } from "./training/history.js";
export { publishRun } from "./training/publish.js";
export { listPublished, readPublished } from "./training/published.js";
export { recipeFor } from "./training/recipes.js";
export { dataChecksumOf } from "./training/run-data.js";
export type { RunMetrics } from "./training/run-metrics.js";
export { type RunSpec, runHash, type TrainingOptions } from "./training/run-spec.js";
export { findRun, listRuns, type Run, readRun } from "./training/run-store.js";
export { defineSearch, type Search, type SearchRequest } from "./training/search/define-search.js";
export {
  readSearch,
  runSearch,
  type SearchOptions,
  type SearchResult,
} from "./training/search/run-search.js";
export type { Trial } from "./training/search/study.js";
export { type TrainOptions, trainRun } from "./training/train-run.js";
export { usualCorpora } from "./training/usual-corpora.js";
