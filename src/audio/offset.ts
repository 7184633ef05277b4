import type { Wave } from "./wave.js";

/** Of the root mean square of the sound around it: clips of the corpora stay below half of it. */
const largestOffset = 0.05;

/**
 * The sound around zero: a constant added to all samples, as cheap converters add one, is taken away where it is more than a
 * twentieth of the sound. Left in, silence looks loud, so that none is cut off, and the voice is made smaller in scaling.
 * The very same samples where there is no such offset.
 */
export function withoutOffset(wave: Wave): Wave {
  const { samples } = wave;
  const count = Math.max(1, samples.length);
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]!;
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < samples.length; i++) squares += (samples[i]! - mean) ** 2;
  const deviation = Math.sqrt(squares / count);
  return Math.abs(mean) > largestOffset * deviation && deviation > 0
    ? { ...wave, samples: samples.map((sample) => sample - mean) }
    : wave;
}
