import { LabError } from "../core/errors.js";

/** What is done to a wave before its features are computed. */
export interface WavePreparation {
  /** Leading and trailing parts this many decibels below the loudest frame are cut off; null keeps them. */
  readonly trimDecibels: number | null;
  /** Whether the wave is scaled so that its largest magnitude is 1. */
  readonly peakNormalise: boolean;
}

const frameSamples = 2048;
const hopSamples = 512;
/** librosa's floor of the power scale: below it a frame is silence. */
const lowestPower = 1e-10;

/** Mean square of centred frames over a signal padded by zeros: librosa.feature.rms, squared. */
function framePowers(samples: Float32Array): Float64Array {
  const powers = new Float64Array(1 + Math.floor(samples.length / hopSamples));
  const reach = frameSamples / 2;
  for (let frame = 0; frame < powers.length; ) {
    const start = frame * hopSamples - reach;
    if (start >= 0 && start + 3 * hopSamples + frameSamples <= samples.length) {
      sumFourFrames(samples, start, powers, frame);
      frame += 4;
    } else {
      let sum = 0;
      const end = Math.min(samples.length, start + frameSamples);
      for (let i = Math.max(0, start); i < end; i++) sum += samples[i]! * samples[i]!;
      powers[frame++] = sum / frameSamples;
    }
  }
  return powers;
}

/** Four sums side by side: a processor waits for each addition of a single one. */
function sumFourFrames(samples: Float32Array, start: number, powers: Float64Array, frame: number): void {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = start; i < start + frameSamples; i++) {
    const first = samples[i]!;
    const second = samples[i + hopSamples]!;
    const third = samples[i + 2 * hopSamples]!;
    const fourth = samples[i + 3 * hopSamples]!;
    a += first * first;
    b += second * second;
    c += third * third;
    d += fourth * fourth;
  }
  powers.set([a / frameSamples, b / frameSamples, c / frameSamples, d / frameSamples], frame);
}

/**
 * The samples between the first and the last frame that is within `topDecibels` of the loudest one: the rule of
 * librosa.effects.trim (frames of 2,048 samples every 512, root mean square, ref = max). A view into `samples`,
 * never empty when `samples` is not. Throws LabError when `topDecibels` is not a positive number.
 */
export function trimSilence(samples: Float32Array, topDecibels: number): Float32Array {
  if (!(topDecibels > 0))
    throw new LabError(`trimSilence: topDecibels is ${topDecibels}.`, "Use a positive number, such as 30.");
  const powers = framePowers(samples);
  const loudest = powers.reduce((most, power) => Math.max(most, power), 0);
  const threshold = Math.log10(Math.max(lowestPower, loudest)) - topDecibels / 10;
  const isSound = (power: number): boolean => Math.log10(Math.max(lowestPower, power)) > threshold;
  const first = powers.findIndex(isSound);
  if (first < 0) return samples;
  let last = powers.length - 1;
  while (!isSound(powers[last]!)) last--;
  return samples.subarray(first * hopSamples, Math.min(samples.length, (last + 1) * hopSamples));
}

/** The largest magnitude; 0 where there are no samples. */
export function peakOf(samples: Float32Array): number {
  let peak = 0;
  for (let i = 0; i < samples.length; i++) {
    const magnitude = Math.abs(samples[i]!);
    if (magnitude > peak) peak = magnitude; // Math.max takes twice as long
  }
  return peak;
}

/** A copy scaled so that its largest magnitude is 1; silence stays silence. */
export function peakNormalise(samples: Float32Array): Float32Array {
  const peak = peakOf(samples);
  const scaled = samples.slice();
  // A plain loop: `map` with a function takes ten times as long, nearly as much as the spectrogram.
  if (peak > 0) for (let i = 0; i < scaled.length; i++) scaled[i]! /= peak;
  return scaled;
}

/** A wave made ready for its features: trimmed, then peak-normalised, as far as `preparation` asks. */
export function prepareWave(samples: Float32Array, preparation: WavePreparation): Float32Array {
  const { trimDecibels } = preparation;
  const trimmed = trimDecibels === null ? samples : trimSilence(samples, trimDecibels);
  return preparation.peakNormalise ? peakNormalise(trimmed) : trimmed;
}
