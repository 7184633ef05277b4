import { createRandom } from "../core/random.js";
import {
  type BootstrapOptions,
  bootstrapSettings,
  type Interval,
  percentileInterval,
  resampleClips,
  resampleSpeakers,
} from "./intervals.js";
import { scorePredictions } from "./metrics.js";
import type { Prediction } from "./prediction.js";

/** How much better one group of speakers is recognised than all others. */
export interface GroupGap {
  readonly group: string;
  readonly clips: number;
  readonly speakers: number;
  readonly uar: number;
  /** UAR of the group less that of all other clips, with its 95% interval by clip. */
  readonly gap: number;
  readonly clip: Interval;
  /**
   * By speaker, the honest one for the next voice, drawing one voice less than each side has (`SpeakerDraws`): groups are
   * small. Null where either side has fewer than five.
   */
  readonly speaker: Interval | null;
}

/**
 * The gap of each group that `by` names, the two sides resampled independently: `by` must say the same of all clips of a
 * voice (its sex, not a clip's intensity), or the interval by speaker draws that voice twice. Groups come in alphabetical
 * order; one group alone has no others and gives nothing.
 */
export function groupGaps(
  predictions: readonly Prediction[],
  by: (prediction: Prediction) => string,
  options: BootstrapOptions = {},
): GroupGap[] {
  const { samples, confidence, seed } = bootstrapSettings(options);
  const names = [...new Set(predictions.map(by))].sort();
  if (names.length < 2) return [];
  return names.map((group) => {
    const random = createRandom(seed).fork(`gap ${group}`);
    const [own, others] = [true, false].map((isOwn) =>
      predictions.filter((prediction) => (by(prediction) === group) === isOwn),
    ) as [Prediction[], Prediction[]];
    const clips = [own, others].map((side, i) => resampleClips(side, samples, random.fork(`clips ${i}`)).uar);
    const voices = [own, others].map(
      (side, i) => resampleSpeakers(side, samples, random.fork(`speakers ${i}`), { oneLess: true })?.uar,
    );
    const between = ([a, b]: (Float64Array | undefined)[]): Interval | null =>
      a === undefined || b === undefined
        ? null
        : percentileInterval(
            a.map((x, i) => x - b[i]!),
            confidence,
          );
    const uar = scorePredictions(own).uar;
    return {
      group,
      clips: own.length,
      speakers: new Set(own.map(({ speaker }) => speaker)).size,
      uar,
      gap: uar - scorePredictions(others).uar,
      clip: between(clips)!,
      speaker: between(voices),
    };
  });
}
