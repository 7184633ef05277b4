import { prepareWave } from "../audio/trim.js";
import type { Wave } from "../audio/wave.js";
import type { FeatureSpec } from "../features/feature-spec.js";
import { exportedSamples } from "./graph-of-predictor.js";

/**
 * What an exported model is given of a recording: silence at its ends cut off as its features have it, the middle 3 s of
 * what is left, zeros behind a shorter one.
 */
export function heardWindow({ samples }: Wave, { trimDecibels }: FeatureSpec): Float32Array {
  const sounding = prepareWave(samples, { trimDecibels, peakNormalise: false });
  const start = Math.max(0, Math.floor((sounding.length - exportedSamples) / 2));
  const window = new Float32Array(exportedSamples);
  window.set(sounding.subarray(start, start + exportedSamples));
  return window;
}
