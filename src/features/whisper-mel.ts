import { LabError } from "../core/errors.js";
import { lowestPower } from "./decibels.js";
import type { Features } from "./feature-spec.js";
import { applyMelFilters, melFilters } from "./mel-filters.js";
import { eachPowerFrame } from "./short-time.js";

const windowLength = 400;
const hopLength = 160;
const bands = 80;

/**
 * Whisper's log-mel of samples at 16 kHz, of the clip itself and not padded to 30 s: [floor(samples / 160), 80],
 * 25 ms windows every 10 ms, log10 of mel power limited to 8 below the clip's maximum, (x + 4) / 4. Equal within
 * 1e-4 to `WhisperFeatureExtractor` of transformers on the bare clip (the sound mirrored at its ends, the last
 * frame dropped; Radford et al. 2022). Throws LabError for less than 160 samples.
 */
export function whisperMel(samples: Float32Array): Features {
  const frames = Math.floor(samples.length / hopLength);
  if (frames === 0) {
    throw new LabError(
      `A sound of ${samples.length} samples is too short for Whisper's features.`,
      `Use at least ${hopLength} samples (10 ms).`,
    );
  }
  const filters = melFilters(bands, windowLength, 0, 8000);
  const power = new Float64Array(frames * bands);
  eachPowerFrame(samples, { windowLength, hopLength, edges: "mirror" }, frames, (frame, spectrum) => {
    applyMelFilters(filters, spectrum, power, frame * bands);
  });
  const values = new Float32Array(power.length);
  let loudest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < power.length; i++) {
    const value = Math.log10(Math.max(lowestPower, power[i]!));
    power[i] = value;
    if (value > loudest) loudest = value;
  }
  for (let i = 0; i < power.length; i++) values[i] = (Math.max(power[i]!, loudest - 8) + 4) / 4;
  return { values, frames, bands };
}
