import { createRandom } from "../core/random.js";
import {
  addCounts,
  type BootstrapOptions,
  bootstrapSettings,
  countsBySpeaker,
  fewestSpeakers,
  type Interval,
  percentileInterval,
} from "./intervals.js";
import { scoresOfCounts } from "./metrics.js";
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
  const [knownCounts, newCounts] = [countsBySpeaker(known), countsBySpeaker(fresh)];
  const speakers = [...knownCounts.keys()].filter((speaker) => newCounts.has(speaker)).sort();
  if (speakers.length === 0) return null;
  const random = createRandom(seed).fork("shared voices");
  const gains = Float64Array.from({ length: samples }, () => {
    const drawn = speakers.map(() => speakers[random.below(speakers.length)]!);
    return judge(knownCounts, drawn).uar - judge(newCounts, drawn).uar;
  });
  const [onKnown, onNew] = [judge(knownCounts, speakers), judge(newCounts, speakers)];
  return {
    speakers: speakers.length,
    knownClips: onKnown.clips,
    newClips: onNew.clips,
    knownUar: onKnown.uar,
    newUar: onNew.uar,
    gain: onKnown.uar - onNew.uar,
    speaker: speakers.length < fewestSpeakers ? null : percentileInterval(gains, confidence),
  };
}

/** All clips of these speakers, one that is named twice counted twice. */
function judge(
  counts: ReadonlyMap<string, Int32Array>,
  speakers: readonly string[],
): { readonly clips: number; readonly uar: number } {
  const all = new Int32Array(counts.get(speakers[0]!)!.length);
  for (const speaker of speakers) addCounts(all, counts.get(speaker)!);
  return { clips: all.reduce((sum, count) => sum + count, 0), uar: scoresOfCounts(all).uar };
}
