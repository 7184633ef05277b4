import type { Random } from "../core/random.js";

/**
 * SpecAugment's time masks (Park et al. 2019), in place: `count` stretches of 0 to `mostFrames` frames of
 * `values` [frames, bands] are set to 0.
 */
export function maskFrames(
  values: Float32Array,
  frames: number,
  bands: number,
  { count, mostFrames }: { readonly count: number; readonly mostFrames: number },
  random: Random,
): void {
  for (let mask = 0; mask < count; mask++) {
    const length = random.below(Math.min(mostFrames, frames) + 1);
    const start = random.below(frames - length + 1);
    values.fill(0, start * bands, (start + length) * bands);
  }
}

/** SpecAugment's frequency masks, in place: `count` groups of 0 to `mostBands` neighbouring bands are set to 0. */
export function maskBands(
  values: Float32Array,
  frames: number,
  bands: number,
  { count, mostBands }: { readonly count: number; readonly mostBands: number },
  random: Random,
): void {
  for (let mask = 0; mask < count; mask++) {
    const width = random.below(Math.min(mostBands, bands) + 1);
    const low = random.below(bands - width + 1);
    for (let frame = 0; frame < frames; frame++) {
      const row = frame * bands + low;
      for (let i = row; i < row + width; i++) values[i] = 0;
    }
  }
}
