import { sampleRateHz } from "../audio/wave.js";
import { LabError } from "../core/errors.js";
import { bandPass } from "./wave-filters.js";

export interface PitchOptions {
  readonly lowestHz: number;
  readonly highestHz: number;
  /** Samples between frames. */
  readonly hopLength: number;
  /** Frames whose best period differs by more than this part of their power are unvoiced (0 to 1). */
  readonly threshold: number;
}

/** Voices of adults and children, a frame every 16 ms, a threshold that suits speech. */
export const usualPitch: PitchOptions = { lowestHz: 60, highestHz: 500, hopLength: 256, threshold: 0.2 };

export interface Pitch {
  /** Fundamental frequency of each frame in Hz, null where it is unvoiced. */
  readonly hz: readonly (number | null)[];
  /** Voiced frames over all frames. */
  readonly voicedPart: number;
  /** Median over voiced frames, Hz; null when there are none. */
  readonly medianHz: number | null;
}

/** Periods are sought in the sound under 1.5 kHz at half the rate: a quarter of the work, and formants matter less. */
const decimation = 2;
const rateHz = sampleRateHz / decimation;
const passedHz = 1500;
/** Samples at the lower rate (32 ms) that are compared with their shifted copy. */
const comparedSamples = 256;
/** Frames this far below the loudest one are unvoiced whatever their period. */
const silenceDecibels = 40;

/**
 * Fundamental frequency by YIN (de Cheveigné and Kawahara 2002): the first shift at which a frame differs little
 * from its shifted self, refined by a parabola. Throws LabError for a range of frequencies that cannot be measured.
 */
export function trackPitch(samples: Float32Array, options: PitchOptions = usualPitch): Pitch {
  const { lowestHz, highestHz, hopLength, threshold } = options;
  if (!(lowestHz >= 30 && lowestHz < highestHz && highestHz <= 1000)) {
    throw new LabError(
      `Pitch from ${lowestHz} to ${highestHz} Hz cannot be tracked.`,
      "Use 30 ≤ lowestHz < highestHz ≤ 1000.",
    );
  }
  if (!Number.isInteger(hopLength) || hopLength < 1) {
    throw new LabError(`A hop of ${hopLength} samples makes no frames.`, "Use a whole number from 1 up.");
  }
  const longest = Math.ceil(rateHz / lowestHz) + 1;
  const shortest = Math.floor(rateHz / highestHz);
  const filtered = bandPass(samples, lowestHz / 2, passedHz);
  const slow = Float32Array.from(
    { length: Math.floor(samples.length / decimation) },
    (_, n) => filtered[decimation * n]!,
  );
  const last = slow.length - comparedSamples - longest;
  const starts: number[] = [];
  for (let at = 0; Math.round(at / decimation) <= last; at += hopLength)
    starts.push(Math.round(at / decimation));
  const powers = starts.map((start) => powerOf(slow, start));
  const quiet = Math.max(0, ...powers) / 10 ** (silenceDecibels / 10);
  const difference = new Float64Array(longest + 1);
  const hz = starts.map((start, i) => {
    if (powers[i]! <= quiet) return null;
    normalisedDifference(slow, start, difference);
    const period = firstDip(difference, shortest, longest, threshold);
    return period === null ? null : rateHz / period;
  });
  const voiced = hz.filter((value) => value !== null).sort((a, b) => a - b);
  return {
    hz,
    voicedPart: hz.length === 0 ? 0 : voiced.length / hz.length,
    medianHz: voiced.length === 0 ? null : voiced[Math.floor(voiced.length / 2)]!,
  };
}

function powerOf(samples: Float32Array, start: number): number {
  let sum = 0;
  for (let n = start; n < start + comparedSamples; n++) sum += samples[n]! * samples[n]!;
  return sum / comparedSamples;
}

/** YIN's d'(τ): squared difference at shift τ over its mean at all shorter shifts; 1 at τ = 0. */
function normalisedDifference(samples: Float32Array, start: number, out: Float64Array): void {
  out[0] = 1;
  let total = 0;
  for (let shift = 1; shift < out.length; shift++) {
    let sum = 0;
    for (let n = start; n < start + comparedSamples; n++) {
      const difference = samples[n]! - samples[n + shift]!;
      sum += difference * difference;
    }
    total += sum;
    out[shift] = total > 0 ? (sum * shift) / total : 1;
  }
}

/** The bottom of the first dip under the threshold, between samples; null when there is none. */
function firstDip(
  difference: Float64Array,
  shortest: number,
  longest: number,
  threshold: number,
): number | null {
  for (let shift = shortest; shift < longest; shift++) {
    if (difference[shift]! >= threshold) continue;
    let bottom = shift;
    while (bottom + 1 < longest && difference[bottom + 1]! < difference[bottom]!) bottom++;
    const [before, here, after] = [difference[bottom - 1]!, difference[bottom]!, difference[bottom + 1]!];
    const bend = before - 2 * here + after;
    return bend > 0 ? bottom + (0.5 * (before - after)) / bend : bottom;
  }
  return null;
}
