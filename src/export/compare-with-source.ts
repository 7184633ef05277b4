import { decodeFile } from "../audio/decode-file.js";
import { sampleRateHz } from "../audio/wave.js";
import { type ProgressListener, trackProgress } from "../core/progress.js";
import { createRandom } from "../core/random.js";
import type { StopSignal } from "../core/stop-signal.js";
import type { Clip } from "../corpora/clip.js";
import { likeliestEmotion } from "../corpora/emotions.js";
import { sortById } from "../corpora/published-clip.js";
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
  readonly task: string;
  readonly onProgress?: ProgressListener | undefined;
  readonly stop?: StopSignal | undefined;
}

const comparedClips = 100;

/** The 100 clips that every export is compared on, drawn with seed 0; fewer where there are fewer. */
export function drawCompared(clips: readonly Clip[]): Clip[] {
  return createRandom(0).fork("export").shuffle(sortById(clips)).slice(0, comparedClips);
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
  { task, onProgress, stop }: ComparisonWork,
): Promise<BothPredictions> {
  const progress = trackProgress(task, clips.length, onProgress);
  const source: Prediction[] = [];
  const exported: Prediction[] = [];
  for (const { id, path, corpus, speaker, emotion } of clips) {
    throwIfExportStopped(stop);
    const told = (probabilities: readonly number[]): Prediction => {
      const predicted = likeliestEmotion(probabilities);
      return { clip: id, corpus, speaker, emotion, predicted, probabilities };
    };
    const samples = heardWindow(await decodeFile(path), predictor.card.features);
    const [heard] = hearWaves(predictor, [{ samples, sampleRate: sampleRateHz }]);
    source.push(told(heard!.calibrated));
    exported.push(told([...(await runtime.hear(samples))]));
    progress.advance();
  }
  return { source, exported };
}

/** How near both are. A probability that is no number is the largest difference there is. */
export function agreementOf({ source, exported }: BothPredictions): Agreement {
  const differences = source.flatMap(({ probabilities }, i) =>
    probabilities.map((p, k) => Math.abs(p - exported[i]!.probabilities[k]!)),
  );
  return {
    clips: source.length,
    largestDifference: Math.max(...differences),
    sameEmotion: source.filter(({ predicted }, i) => predicted === exported[i]!.predicted).length,
  };
}
