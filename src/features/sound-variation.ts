import { createRandom } from "../core/random.js";
import { augmentWave, type WaveAugmentation } from "./augment-wave.js";

/** Which varied copy of every clip is meant: a clip, a variation and its number give the same sound everywhere. */
export interface SoundVariation {
  readonly sound: WaveAugmentation;
  /** Several copies of a clip differ by it. */
  readonly number: number;
}

/** The varied copy of a clip, whose checksum seeds what is drawn for it. Samples at 16 kHz. Throws as `augmentWave` does. */
export function varyClip(
  samples: Float32Array,
  checksum: string,
  { sound, number }: SoundVariation,
): Float32Array {
  return augmentWave(samples, sound, createRandom(number).fork(`varied copy of ${checksum}`));
}
