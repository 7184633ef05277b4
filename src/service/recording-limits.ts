import { type AudioLimits, usualLimits } from "../audio/limits.js";

/** Of all channels together: 96 kHz in stereo. More is refused before it is decoded. */
const mostSamplesASecond = 192_000;

/** What a recording of at most `maxSeconds` may ask for when it is decoded; never fewer seconds than those. */
export function recordingLimits(maxSeconds: number): AudioLimits {
  return {
    ...usualLimits,
    mostSamples: maxSeconds * mostSamplesASecond,
    mostSeconds: Math.max(usualLimits.mostSeconds, maxSeconds),
  };
}
