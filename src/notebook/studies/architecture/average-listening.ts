import { type Emotion, emotions } from "../../../corpora/emotions.js";
import type { Listening } from "../listening.js";

/** Pieces that a clip's speech is cut into, so that clips of any length can be averaged. */
export const pieces = 20;

/** What a model listens to on average for one emotion. */
export interface AverageListening {
  readonly emotion: Emotion;
  /** Clips that were averaged. */
  readonly clips: number;
  /** Share of the attribution in each piece of the clip's time, [pieces], summing to 1. */
  readonly byTime: readonly number[];
  /** Share of the attribution in each band, [bands], summing to 1. */
  readonly byBand: readonly number[];
}

/**
 * The mean over clips of where attribution lies, by emotion: along the time of the clip itself (the padding around it is
 * left out) and along the bands. Every clip counts alike, whatever its length and its attribution's size.
 */
export function averageListening(heard: readonly Listening[]): AverageListening[] {
  return emotions.flatMap((emotion) => {
    const own = heard.filter((one) => one.emotion === emotion);
    if (own.length === 0) return [];
    return [
      {
        emotion,
        clips: own.length,
        byTime: meanOf(own.map((one) => toShares(attributionByTime(one)))),
        byBand: meanOf(own.map((one) => toShares(attributionByBand(one)))),
      },
    ];
  });
}

/** The first and the last frame (exclusive) that is no padding: padding is exactly 0 in every band. */
export function speechFrames({ values, frames, bands }: Listening): [number, number] {
  const isHeard = (frame: number): boolean =>
    values.subarray(frame * bands, (frame + 1) * bands).some((value) => value !== 0);
  let first = 0;
  let end = frames;
  while (first < end && !isHeard(first)) first++;
  while (end > first && !isHeard(end - 1)) end--;
  return [first, end];
}

function attributionByTime(listening: Listening): number[] {
  const { attribution, bands } = listening;
  const [first, end] = speechFrames(listening);
  const sums = new Array<number>(pieces).fill(0);
  for (let frame = first; frame < end; frame++) {
    const piece = Math.floor((pieces * (frame - first)) / (end - first));
    for (let band = 0; band < bands; band++) sums[piece]! += attribution[frame * bands + band]!;
  }
  return sums;
}

function attributionByBand({ attribution, frames, bands }: Listening): number[] {
  const sums = new Array<number>(bands).fill(0);
  for (let i = 0; i < frames * bands; i++) sums[i % bands]! += attribution[i]!;
  return sums;
}

function toShares(values: readonly number[]): number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => (total > 0 ? value / total : 1 / values.length));
}

function meanOf(rows: readonly (readonly number[])[]): number[] {
  return rows[0]!.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length);
}
