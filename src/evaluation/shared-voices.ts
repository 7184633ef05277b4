import { createRandom } from "../core/random.js";
import {
  type BootstrapOptions,
  bootstrapSettings,
  fewestSpeakers,
  type Interval,
  percentileInterval,
} from "./intervals.js";
import { confusionCell, scorePredictions, scoresOfCounts } from "./metrics.js";
import type { Prediction } from "./prediction.js";

/** UAR of two models on the voices that both judge: one knows them from training, to the other they are new. */
export interface SharedVoices {
  readonly speakers: number;
  readonly knownClips: number;
  readonly newClips: number;
  readonly knownUar: number;
  readonly newUar: number;
  /** Known less new. */
  readonly gain: number;
  /** Its 95% interval by speaker; null with fewer than five voices. */
  readonly speaker: Interval | null;
}

/**
 * What it is worth that a model has heard a voice: two sets of test clips are cut down to the speakers that stand in both,
 * and each resample takes the same speakers from both, with all of their clips (which are not the same ones). The models
 * may differ in what else they were trained on. Null where no speaker stands in both.
 */
export function compareSharedVoices(
  known: readonly Prediction[],
  fresh: readonly Prediction[],
  options: BootstrapOptions = {},
): SharedVoices | null {
  const { samples, confidence, seed } = bootstrapSettings(options);
  const [knownBySpeaker, freshBySpeaker] = [bySpeaker(known), bySpeaker(fresh)];
  const speakers = [...knownBySpeaker.keys()].filter((speaker) => freshBySpeaker.has(speaker)).sort();
  if (speakers.length === 0) return null;
  const random = createRandom(seed).fork("shared voices");
  const gains = new Float64Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    const drawn = speakers.map(() => speakers[random.below(speakers.length)]!);
    gains[sample] = uarOf(knownBySpeaker, drawn) - uarOf(freshBySpeaker, drawn);
  }
  const ofShared = (side: Map<string, Prediction[]>) => speakers.flatMap((speaker) => side.get(speaker)!);
  const [knownClips, newClips] = [ofShared(knownBySpeaker), ofShared(freshBySpeaker)];
  const [knownUar, newUar] = [scorePredictions(knownClips).uar, scorePredictions(newClips).uar];
  return {
    speakers: speakers.length,
    knownClips: knownClips.length,
    newClips: newClips.length,
    knownUar,
    newUar,
    gain: knownUar - newUar,
    speaker: speakers.length < fewestSpeakers ? null : percentileInterval(gains, confidence),
  };
}

function bySpeaker(predictions: readonly Prediction[]): Map<string, Prediction[]> {
  const groups = new Map<string, Prediction[]>();
  for (const prediction of predictions) {
    const own = groups.get(prediction.speaker);
    if (own === undefined) groups.set(prediction.speaker, [prediction]);
    else own.push(prediction);
  }
  return groups;
}

function uarOf(side: ReadonlyMap<string, readonly Prediction[]>, speakers: readonly string[]): number {
  const counts = new Int32Array(64);
  for (const speaker of speakers) {
    for (const prediction of side.get(speaker)!) counts[confusionCell(prediction)]! += 1;
  }
  return scoresOfCounts(counts).uar;
}
