import { LabError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import type { Features } from "./feature-spec.js";
import { type Placement, placeFeatures, placeFrames } from "./place-features.js";
import { maskBands, maskFrames } from "./spec-augment.js";
import { stretchedLength } from "./stretch-features.js";
import { varyFrames } from "./vary-frames.js";
import { warpOfBands } from "./warp-bands.js";

/**
 * How features of training clips are varied, each clip anew in each epoch. Meant for standardised features, where
 * 0 is the mean: what is masked or lies around the clip becomes 0. A missing option leaves that variation out.
 */
export interface FeatureAugmentation {
  /** Lengths are multiplied by 1 - stretch to 1 + stretch (linear interpolation along frames). */
  readonly stretch?: number | undefined;
  /** Bands' positions are multiplied by 1 - bandWarp to 1 + bandWarp: other lengths of the vocal tract (`warpBands`). */
  readonly bandWarp?: number | undefined;
  /** A constant from -level to level is added to the clip: deviations when standardised, dB before. */
  readonly level?: number | undefined;
  /** SpecAugment (Park et al. 2019): how many stretches of frames are set to 0, each of 0 to timeMaskFrames. */
  readonly timeMasks?: number | undefined;
  readonly timeMaskFrames?: number | undefined;
  /** SpecAugment: how many groups of bands are set to 0, each of 0 to bandMaskBands. */
  readonly bandMasks?: number | undefined;
  readonly bandMaskBands?: number | undefined;
}

/** What brought a network of 175 thousand parameters from 66% to 72.5% on `combined` (188 frames of 64 bands). */
export const usualFeatureAugmentation: Required<Omit<FeatureAugmentation, "bandWarp">> = {
  stretch: 0.15,
  level: 0.2,
  timeMasks: 2,
  timeMaskFrames: 25,
  bandMasks: 2,
  bandMaskBands: 10,
};

/**
 * Writes a varied clip into a batch: stretched, its bands warped, shifted in level, placed at random in (or cropped
 * at random to) `frames` frames with zeros around, masked. The frames × bands numbers from `out[offset]` on are overwritten,
 * `features` stays. Returns where the clip lies, masked frames included. Throws LabError when the row does not fit
 * into `out`, or for an option out of its range.
 */
export function augmentFeatures(
  features: Features,
  frames: number,
  options: FeatureAugmentation,
  random: Random,
  out: Float32Array,
  offset = 0,
): Placement {
  const {
    stretch = 0,
    bandWarp = 0,
    level = 0,
    timeMasks = 0,
    timeMaskFrames = 0,
    bandMasks = 0,
    bandMaskBands = 0,
  } = options;
  if (!(stretch >= 0 && stretch < 1)) throw outOfRange("stretch", stretch, "from 0 to below 1");
  if (!(bandWarp >= 0 && bandWarp < 1)) throw outOfRange("bandWarp", bandWarp, "from 0 to below 1");
  if (!(level >= 0 && level < Number.POSITIVE_INFINITY)) throw outOfRange("level", level, "from 0 up");
  for (const [name, value] of Object.entries({ timeMasks, timeMaskFrames, bandMasks, bandMaskBands })) {
    if (!Number.isInteger(value) || value < 0) throw outOfRange(name, value, "that is whole, from 0 up");
  }
  const { bands } = features;
  const length = stretchedLength(features.frames, stretch > 0 ? random.between(1 - stretch, 1 + stretch) : 1);
  const warp = warpOfBands(bands, bandWarp > 0 ? random.between(1 - bandWarp, 1 + bandWarp) : 1);
  const shift = level > 0 ? random.between(-level, level) : 0;
  const isVaried = length !== features.frames || bandWarp !== 0 || shift !== 0;
  const placement = isVaried
    ? placeFrames({ frames: length, bands }, frames, random, out, offset, (from, count, to) =>
        varyFrames(features, { length, from, count, warp, shift }, out, to),
      )
    : placeFeatures(features, frames, random, out, offset);
  const row = out.subarray(offset, offset + frames * bands);
  maskFrames(row, frames, bands, { count: timeMasks, mostFrames: timeMaskFrames }, random);
  maskBands(row, frames, bands, { count: bandMasks, mostBands: bandMaskBands }, random);
  return placement;
}

function outOfRange(name: string, value: number, allowed: string): LabError {
  return new LabError(`augmentFeatures: ${name} is ${value}.`, `Use a number ${allowed}.`);
}
