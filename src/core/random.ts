import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** A seeded source of random numbers whose state can be saved and restored; the same seed gives the same stream. */
export interface Random {
  /** A uniform number in [0, 1). */
  next(): number;
  /** A uniform number in [low, high). */
  between(low: number, high: number): number;
  /** A uniform whole number from 0 to below - 1. */
  below(below: number): number;
  /** A number from the standard normal distribution (Box-Muller). */
  normal(): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** Shuffles an array in place (Fisher-Yates) and returns it. */
  shuffle<T>(items: T[]): T[];
  /** A stream of its own, derived from this seed and a name: what one part draws never moves another part. */
  fork(name: string): Random;
  /** Everything needed to go on from here. */
  state(): readonly number[];
}

/** The 32-bit FNV-1a hash of a text: turns names into seeds. */
function hashOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash | 0;
}

/**
 * A seeded random source (xoroshiro128+). `state`, as given by an earlier source's `state()`, resumes that
 * source where it was; forks depend on the seed alone.
 */
export function createRandom(seed: number, state?: readonly number[]): Random {
  const generator = state === undefined ? xoroshiro128plus(seed) : xoroshiro128plusFromState(state);
  const next = (): number => uniformFloat64(generator);
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    between: (low, high) => low + (high - low) * next(),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    chance: (probability) => next() < probability,
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [items[i], items[j]] = [items[j]!, items[i]!];
      }
      return items;
    },
    fork: (name) => createRandom(hashOfText(`${seed}/${name}`)),
    state: () => generator.getState(),
  };
}
