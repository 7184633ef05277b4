import { LabError } from "../core/errors.js";
import type { Features } from "./feature-spec.js";

/** What a model's input is standardised by; plain numbers, so that it travels with the model as JSON. */
export interface Standardisation {
  /** Mean of each band over all training frames. */
  readonly mean: readonly number[];
  /** Standard deviation of each band; 1 for a band that never changes. */
  readonly deviation: readonly number[];
}

/** Under this deviation a band counts as constant: dividing by it would only magnify rounding. */
const smallestDeviation = 1e-6;

/**
 * Mean and standard deviation of each band over every frame of the given clips (the training clips, never others).
 * Throws LabError when there are no frames, when clips differ in bands, or when a value is not finite.
 */
export function fitStandardisation(features: Iterable<Features>): Standardisation {
  let bands = 0;
  let frames = 0;
  // Sums of distances from the first frame: no digits are lost when a mean is large beside its deviation.
  let origin = new Float64Array(0);
  let sums = new Float64Array(0);
  let squares = new Float64Array(0);
  for (const clip of features) {
    if (clip.frames === 0) continue;
    if (frames === 0) {
      bands = clip.bands;
      origin = Float64Array.from(clip.values.subarray(0, bands));
      sums = new Float64Array(bands);
      squares = new Float64Array(bands);
    }
    if (clip.bands !== bands) {
      throw new LabError(
        `Features of ${clip.bands} bands stand among features of ${bands}.`,
        "Compute all of them by one specification.",
      );
    }
    for (let i = 0, band = 0; i < clip.values.length; i++) {
      const distance = clip.values[i]! - origin[band]!;
      sums[band]! += distance;
      squares[band]! += distance * distance;
      if (++band === bands) band = 0;
    }
    frames += clip.frames;
  }
  if (frames === 0) {
    throw new LabError("There are no frames to standardise by.", "Give at least one training clip.");
  }
  if (!squares.every(Number.isFinite)) {
    throw new LabError("Features hold values that are not finite.", "Compute them again.");
  }
  const shift = Array.from(sums, (sum) => sum / frames);
  return {
    mean: shift.map((value, band) => origin[band]! + value),
    deviation: shift.map((value, band) => {
      const deviation = Math.sqrt(Math.max(0, squares[band]! / frames - value * value));
      return deviation < smallestDeviation ? 1 : deviation;
    }),
  };
}

/** The standardisation that changes nothing: for outputs of a network, which the next one expects as they are. */
export function noStandardisation(bands: number): Standardisation {
  return { mean: new Array<number>(bands).fill(0), deviation: new Array<number>(bands).fill(1) };
}

/**
 * Features with each band's mean taken off and divided by its deviation, so that 0 is the training mean: a new
 * array, the given one stays. Throws LabError when the standardisation is of other bands.
 */
export function standardise(features: Features, { mean, deviation }: Standardisation): Features {
  const { bands, frames } = features;
  if (mean.length !== bands || deviation.length !== bands) {
    throw new LabError(
      `Features of ${bands} bands cannot be standardised by the statistics of ${mean.length}.`,
      "Use the standardisation that was fitted to these features.",
    );
  }
  const means = Float64Array.from(mean);
  const scales = Float64Array.from(deviation, (value) => 1 / value);
  const values = new Float32Array(features.values.length);
  for (let i = 0, band = 0; i < values.length; i++) {
    values[i] = (features.values[i]! - means[band]!) * scales[band]!;
    if (++band === bands) band = 0;
  }
  return { values, frames, bands };
}
