import { resolve } from "node:path";
import { packageRoot } from "../../src/core/settings.js";

/** `seconds` of a sine. */
export function tone(rateHz: number, hz: number, seconds = 0.6, amplitude = 0.5): Float32Array {
  return Float32Array.from(
    { length: Math.round(seconds * rateHz) },
    (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / rateHz),
  );
}

/** Power of what differs between two signals against the second's, in decibels; `margin` samples at both ends are left out. */
export function signalToNoise(actual: ArrayLike<number>, expected: ArrayLike<number>, margin = 0): number {
  let signal = 0;
  let noise = 0;
  for (let i = margin; i < expected.length - margin; i++) {
    signal += expected[i]! ** 2;
    noise += (actual[i]! - expected[i]!) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

/** Amplitude of the sine of one frequency inside a signal, by projection; `margin` samples at both ends are left out. */
export function amplitudeOf(samples: Float32Array, hz: number, rateHz: number, margin: number): number {
  let sine = 0;
  let cosine = 0;
  for (let i = margin; i < samples.length - margin; i++) {
    sine += samples[i]! * Math.sin((2 * Math.PI * hz * i) / rateHz);
    cosine += samples[i]! * Math.cos((2 * Math.PI * hz * i) / rateHz);
  }
  return (2 * Math.hypot(sine, cosine)) / (samples.length - 2 * margin);
}

export const goldens = resolve(packageRoot, "test", "goldens", "audio");
