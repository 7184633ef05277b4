import Meyda from "meyda";
import { sampleRateHz } from "../audio/wave.js";
import { LabError } from "../core/errors.js";
import type { DescriptorsSpec, Features } from "./feature-spec.js";

/** Spectral descriptors of one clip, a value a frame. Silent frames have 0 everywhere. */
export interface Descriptors {
  /** Centre of gravity of the amplitude spectrum, Hz: bright or dark. */
  readonly centroidHz: Float32Array;
  /** Below this frequency lie 99% of the amplitude. */
  readonly rolloffHz: Float32Array;
  /** Geometric over arithmetic mean of the amplitude spectrum: 0 a tone, towards 1 noise. */
  readonly flatness: Float32Array;
  /** Distance between this frame's and the last one's amplitude spectra, each of sum 1; 0 for the first. */
  readonly flux: Float32Array;
  /** Sign changes over all steps from sample to sample, 0 to 1. */
  readonly zeroCrossingRate: Float32Array;
  /** Mean square of the samples, before the window. */
  readonly energy: Float32Array;
}

export type DescriptorName = keyof Descriptors;

/** Mean and standard deviation over the frames that are not silent. */
export type DescriptorSummary = Readonly<
  Record<DescriptorName, { readonly mean: number; readonly deviation: number }>
>;

const names: readonly DescriptorName[] = [
  "centroidHz",
  "rolloffHz",
  "flatness",
  "flux",
  "zeroCrossingRate",
  "energy",
];

/**
 * Spectral descriptors through meyda, for exploration: Hann-windowed frames of `windowLength` samples (a power of
 * two) every `hopLength`, none beyond the sound's end. Flux is computed here from meyda's amplitude spectra (its own
 * compares samples of different arrays). Throws LabError for a sound shorter than one window.
 */
export function spectralDescriptors(
  samples: Float32Array,
  windowLength = 1024,
  hopLength = 256,
): Descriptors {
  if (!Number.isInteger(Math.log2(windowLength)) || !Number.isInteger(hopLength) || hopLength < 1) {
    throw new LabError(
      `Frames of ${windowLength} samples every ${hopLength} cannot be described.`,
      "Use a power of two and a whole number from 1 up.",
    );
  }
  if (samples.length < windowLength) {
    throw new LabError(
      `A sound of ${samples.length} samples has no frame of ${windowLength}.`,
      "Use a longer sound or a shorter window.",
    );
  }
  const frames = 1 + Math.floor((samples.length - windowLength) / hopLength);
  const column = (): Float32Array => new Float32Array(frames);
  const descriptors: Descriptors = {
    centroidHz: column(),
    rolloffHz: column(),
    flatness: column(),
    flux: column(),
    zeroCrossingRate: column(),
    energy: column(),
  };
  // meyda keeps its settings in one object for the whole process.
  Meyda.bufferSize = windowLength;
  Meyda.sampleRate = sampleRateHz;
  Meyda.windowingFunction = "hanning";
  let last: Float32Array | null = null;
  for (let frame = 0; frame < frames; frame++) {
    const signal = samples.subarray(frame * hopLength, frame * hopLength + windowLength);
    const found = Meyda.extract(
      ["spectralCentroid", "spectralRolloff", "spectralFlatness", "amplitudeSpectrum", "zcr"],
      signal,
    )!;
    const amplitude = sumOf(found.amplitudeSpectrum!);
    if (amplitude === 0) {
      last = null;
      continue;
    }
    const shares = found.amplitudeSpectrum!.map((value) => value / amplitude);
    descriptors.centroidHz[frame] = (found.spectralCentroid! * sampleRateHz) / windowLength;
    descriptors.rolloffHz[frame] = found.spectralRolloff!;
    descriptors.flatness[frame] = found.spectralFlatness!;
    descriptors.flux[frame] = last === null ? 0 : distance(shares, last);
    descriptors.zeroCrossingRate[frame] = found.zcr! / (windowLength - 1);
    descriptors.energy[frame] = sumOf(signal.map((value) => value * value)) / windowLength;
    last = shares;
  }
  return descriptors;
}

/** The same as features, [frames, 6] in the order of `Descriptors`; a sound shorter than a window is one frame of it and zeros. */
export function descriptorFrames(
  samples: Float32Array,
  { windowLength, hopLength }: Pick<DescriptorsSpec, "windowLength" | "hopLength">,
): Features {
  const padded = new Float32Array(Math.max(samples.length, windowLength));
  padded.set(samples);
  const descriptors = spectralDescriptors(padded, windowLength, hopLength);
  const frames = descriptors.energy.length;
  const values = new Float32Array(frames * names.length);
  names.forEach((name, band) => {
    for (let frame = 0; frame < frames; frame++)
      values[frame * names.length + band] = descriptors[name][frame]!;
  });
  return { values, frames, bands: names.length };
}

/** Mean and standard deviation of each descriptor over the frames that are not silent; zeros for pure silence. */
export function summariseDescriptors(descriptors: Descriptors): DescriptorSummary {
  const sounding = [...descriptors.energy.keys()].filter((frame) => descriptors.energy[frame]! > 0);
  const count = Math.max(1, sounding.length);
  const entries = names.map((name) => {
    const values = sounding.map((frame) => descriptors[name][frame]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    return [name, { mean, deviation: Math.sqrt(variance) }] as const;
  });
  return Object.fromEntries(entries) as DescriptorSummary;
}

function sumOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}
