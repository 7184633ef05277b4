import { createRandom } from "../core/random.js";
import type { Clip } from "../corpora/clip.js";

/** The parts of a split, in the order in which a clip that could stand in several is kept: the test comes first. */
export const parts = ["train", "validation", "test"] as const;
export type Part = (typeof parts)[number];

/** Which part each clip of a split belongs to, by clip id; a clip that is not listed belongs to none. */
export type Assignment = ReadonlyMap<string, Part>;

/** The seed of every split, apart from the runs' seeds. */
export const splitSeed = 42;

/** Shares of training and validation in a random division; the rest is the test. */
export interface Shares {
  readonly train: number;
  readonly validation: number;
}

/** Clips by a key, in the order of the keys' first clips. */
export function groupBy(clips: readonly Clip[], keyOf: (clip: Clip) => string): Map<string, Clip[]> {
  const groups = new Map<string, Clip[]>();
  for (const clip of clips) {
    const key = keyOf(clip);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [clip]);
    else group.push(clip);
  }
  return groups;
}

/** Clips by id, so that no order of files on a disk decides a draw. */
export function inOrder(clips: readonly Clip[]): Clip[] {
  return [...clips].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/**
 * Clips by corpus and emotion, in each stratum at random by the split seed and the name of the draw. Byte-equal clips are
 * one unit, in the stratum of the first of them.
 */
export function shuffledStrata(name: string, clips: readonly Clip[]): Clip[][][] {
  const units = [...groupBy(inOrder(clips), (clip) => clip.checksum).values()];
  const strata = new Map<string, Clip[][]>();
  for (const unit of units) {
    const { corpus, emotion } = unit[0] as Clip;
    const key = `${corpus}/${emotion}`;
    const stratum = strata.get(key);
    if (stratum === undefined) strata.set(key, [unit]);
    else stratum.push(unit);
  }
  for (const [key, stratum] of strata) createRandom(splitSeed).fork(`${name}/${key}`).shuffle(stratum);
  return [...strata.values()];
}

/**
 * Divides clips at random, stratified by corpus and emotion: in each stratum the given shares, to the nearest clip.
 * Byte-equal clips are drawn as one, in the stratum of the first of them. `name` keeps the draws of different rules
 * apart; strata are drawn independently of each other, so that a corpus' division does not depend on which others are
 * there. Pure: the same clips give the same assignment.
 */
export function drawStratified(name: string, clips: readonly Clip[], shares: Shares): Map<string, Part> {
  const assignment = new Map<string, Part>();
  for (const stratum of shuffledStrata(name, clips)) {
    const size = stratum.reduce((sum, unit) => sum + unit.length, 0);
    const trainEnd = Math.round(shares.train * size);
    const validationEnd = Math.round((shares.train + shares.validation) * size);
    let placed = 0;
    for (const unit of stratum) {
      const part = placed < trainEnd ? "train" : placed < validationEnd ? "validation" : "test";
      for (const clip of unit) assignment.set(clip.id, part);
      placed += unit.length;
    }
  }
  return assignment;
}

/**
 * Lets byte-equal clips stand on one side only: where the same bytes would be in several parts, they stay in the one
 * that judges most (test before validation before training) and are left out of the others.
 */
export function keepEqualClipsTogether(clips: readonly Clip[], assignment: Assignment): Map<string, Part> {
  const kept = new Map(assignment);
  for (const equal of groupBy(clips, (clip) => clip.checksum).values()) {
    if (equal.length === 1) continue;
    const strictest = Math.max(...equal.map((clip) => rank(assignment.get(clip.id))));
    for (const clip of equal) if (rank(assignment.get(clip.id)) < strictest) kept.delete(clip.id);
  }
  return kept;
}

function rank(part: Part | undefined): number {
  return part === undefined ? -1 : parts.indexOf(part);
}
