import { decodeFile } from "../audio/decode-file.js";
import { sampleRateHz } from "../audio/wave.js";
import { type ProgressListener, trackProgress } from "../core/progress.js";
import { createRandom } from "../core/random.js";
import type { StopSignal } from "../core/stop-signal.js";
import type { Clip } from "../corpora/clip.js";
import { likeliestEmotion } from "../corpora/emotions.js";
import type { Prediction } from "../evaluation/prediction.js";
import type { PublishedPredictor } from "../inference/assemble-predictor.js";
import { hearWaves } from "../inference/predict.js";
import { heardWindow } from "./heard-window.js";
import { throwIfExportStopped } from "./interrupted.js";
import type { Runtime } from "./target.js";

/** How near an exported model is to its source. */
export interface Agreement {
  readonly clips: number;
  /** The largest difference of any probability. */
  readonly largestDifference: number;
  /** Clips that both give the same emotion. */
  readonly sameEmotion: number;
}

/** How a comparison tells of itself and is stopped. */
export interface ComparisonWork {
  readonly onProgress?: ProgressListener | undefined;
  readonly stop?: StopSignal | undefined;
}

const comparedClips = 100;

/** Both on the same 100 clips, drawn with seed 0 (fewer where there are fewer), each on the 3 s that exports hear. */
export async function compareWithSource(
  predictor: PublishedPredictor,
  runtime: Runtime,
  clips: readonly Clip[],
  { onProgress, stop }: ComparisonWork = {},
): Promise<Agreement> {
  const byId = [...clips].sort((a, b) => (a.id < b.id ? -1 : 1));
  const chosen = createRandom(0).fork("export").shuffle(byId).slice(0, comparedClips);
  const progress = trackProgress("comparison with the source", chosen.length, onProgress);
  let largestDifference = 0;
  let sameEmotion = 0;
  for (const { path } of chosen) {
    throwIfExportStopped(stop);
    const { source, exported } = await hearBoth(predictor, runtime, path);
    const differences = source.map((p, k) => Math.abs(p - exported[k]!));
    // Written so that a number that is none counts as the largest difference there is.
    for (const one of differences) if (!(one <= largestDifference)) largestDifference = one;
    if (likeliestEmotion(source) === likeliestEmotion(exported)) sameEmotion += 1;
    progress.advance();
  }
  return { clips: chosen.length, largestDifference, sameEmotion };
}

/** What source and exported model say of each clip, in the same order. */
export interface BothPredictions {
  readonly source: readonly Prediction[];
  readonly exported: readonly Prediction[];
}

/** Both on the same 3 s of each clip, so that what is between them is the export's doing, not that of less sound. */
export async function predictBoth(
  predictor: PublishedPredictor,
  runtime: Runtime,
  clips: readonly Clip[],
  { onProgress, stop }: ComparisonWork = {},
): Promise<BothPredictions> {
  const progress = trackProgress("test clips", clips.length, onProgress);
  const source: Prediction[] = [];
  const exported: Prediction[] = [];
  for (const { id, path, corpus, speaker, emotion } of clips) {
    throwIfExportStopped(stop);
    const told = (probabilities: readonly number[]): Prediction => {
      const predicted = likeliestEmotion(probabilities);
      return { clip: id, corpus, speaker, emotion, predicted, probabilities };
    };
    const heard = await hearBoth(predictor, runtime, path);
    source.push(told(heard.source));
    exported.push(told(heard.exported));
    progress.advance();
  }
  return { source, exported };
}

/** The probabilities of source and exported model for the same 3 s of a recording. */
async function hearBoth(
  predictor: PublishedPredictor,
  runtime: Runtime,
  path: string,
): Promise<{ readonly source: readonly number[]; readonly exported: readonly number[] }> {
  const samples = heardWindow(await decodeFile(path), predictor.card.features);
  const [source] = hearWaves(predictor, [{ samples, sampleRate: sampleRateHz }]);
  return { source: source!.calibrated, exported: [...(await runtime.hear(samples))] };
}
