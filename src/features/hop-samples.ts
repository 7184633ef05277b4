import type { FeatureSpec } from "./feature-spec.js";

/** Samples at 16 kHz from one frame of the features to the next. */
export function hopSamples(spec: FeatureSpec): number {
  if (spec.kind === "waveform") return 1;
  return spec.kind === "whisper-mel" ? 160 : spec.hopLength;
}
