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

/** Both on the same 100 clips, drawn with seed 0 (fewer where there are fewer), each on its first 3 s of sound. */
export async function compareWithSource(
  { card, ...predictor }: PublishedPredictor,
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
    const samples = heardWindow(await decodeFile(path), card.features);
    const [source] = hearWaves({ card, ...predictor }, [{ samples, sampleRate: sampleRateHz }]);
    const target = await runtime.hear(samples);
    const differences = source!.calibrated.map((p, k) => Math.abs(p - target[k]!));
    // Written so that a number that is none counts as the largest difference there is.
    for (const one of differences) if (!(one <= largestDifference)) largestDifference = one;
    if (likeliestEmotion(source!.calibrated) === likeliestEmotion([...target])) sameEmotion += 1;
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
    const samples = heardWindow(await decodeFile(path), predictor.card.features);
    const told = (probabilities: readonly number[]): Prediction => {
      const predicted = likeliestEmotion(probabilities);
      return { clip: id, corpus, speaker, emotion, predicted, probabilities };
    };
    const [answer] = hearWaves(predictor, [{ samples, sampleRate: sampleRateHz }]);
    source.push(told(answer!.calibrated));
    exported.push(told([...(await runtime.hear(samples))]));
    progress.advance();
  }
  return { source, exported };
}
