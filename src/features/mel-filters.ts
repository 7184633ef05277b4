import { sampleRateHz } from "../audio/wave.js";
import { LabError } from "../core/errors.js";
import { remember } from "./memo.js";

/** Triangular filters over the bins of a power spectrum, only their non-zero stretch kept. */
export interface MelFilters {
  readonly bands: number;
  /** First bin of each band's stretch. */
  readonly firstBins: Int32Array;
  /** Where each band's weights start in `weights`; one entry more than bands. */
  readonly offsets: Int32Array;
  readonly weights: Float64Array;
}

// Slaney's Auditory Toolbox (1998), librosa's default: linear below 1 kHz, logarithmic above.
const hzPerMel = 200 / 3;
const breakHz = 1000;
const breakMel = breakHz / hzPerMel;
const logStep = Math.log(6.4) / 27;

/** Hz to mel on Slaney's scale. */
export function hzToMel(hz: number): number {
  return hz < breakHz ? hz / hzPerMel : breakMel + Math.log(hz / breakHz) / logStep;
}

/** Mel on Slaney's scale to Hz. */
export function melToHz(mel: number): number {
  return mel < breakMel ? mel * hzPerMel : breakHz * Math.exp(logStep * (mel - breakMel));
}

/**
 * The mel filters of `librosa.filters.mel(sr=16000, htk=False, norm="slaney")`: triangles between points spaced
 * evenly in mel, each of area 1 in Hz. Weights are rounded to single precision as librosa's are. Throws LabError
 * for bands or frequencies that make no filters.
 */
export const melFilters = remember(
  (bands: number, windowLength: number, lowestHz: number, highestHz: number): MelFilters => {
    checkMel(bands, windowLength, lowestHz, highestHz);
    const low = hzToMel(lowestHz);
    const high = hzToMel(highestHz);
    const edges = Array.from({ length: bands + 2 }, (_, i) =>
      melToHz(low + ((high - low) * i) / (bands + 1)),
    );
    const firstBins = new Int32Array(bands);
    const offsets = new Int32Array(bands + 1);
    const weights: number[] = [];
    for (let band = 0; band < bands; band++) {
      const [left, centre, right] = [edges[band]!, edges[band + 1]!, edges[band + 2]!];
      for (let bin = 0; bin <= windowLength / 2; bin++) {
        const hz = (bin * sampleRateHz) / windowLength;
        const weight = Math.min((hz - left) / (centre - left), (right - hz) / (right - centre));
        if (weight <= 0) continue;
        if (weights.length === offsets[band]) firstBins[band] = bin;
        weights.push(Math.fround(Math.fround(weight) * (2 / (right - left))));
      }
      offsets[band + 1] = weights.length;
    }
    return { bands, firstBins, offsets, weights: Float64Array.from(weights) };
  },
);

/** Writes each band's weighted sum of a power spectrum to `out[at]` and the numbers after it. */
export function applyMelFilters(
  filters: MelFilters,
  power: Float64Array,
  out: Float64Array,
  at: number,
): void {
  const { bands, firstBins, offsets, weights } = filters;
  for (let band = 0; band < bands; band++) {
    const end = offsets[band + 1]!;
    let sum = 0;
    for (let i = offsets[band]!, bin = firstBins[band]!; i < end; i++, bin++)
      sum += weights[i]! * power[bin]!;
    out[at + band] = sum;
  }
}

function checkMel(bands: number, windowLength: number, lowestHz: number, highestHz: number): void {
  if (!Number.isInteger(bands) || bands < 1 || bands > windowLength / 2) {
    throw new LabError(
      `${bands} mel bands cannot be taken from a window of ${windowLength} samples.`,
      `Use 1 to ${Math.floor(windowLength / 2)} bands.`,
    );
  }
  if (!(lowestHz >= 0 && lowestHz < highestHz && highestHz <= sampleRateHz / 2)) {
    throw new LabError(
      `Mel bands from ${lowestHz} to ${highestHz} Hz make no sense.`,
      `Use 0 ≤ lowestHz < highestHz ≤ ${sampleRateHz / 2}.`,
    );
  }
}
