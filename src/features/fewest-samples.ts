import type { FeatureSpec } from "./feature-spec.js";
import { deltaWidth } from "./mfcc.js";

/** How long a sound at 16 kHz must be, silence at its ends cut off, so that there are features of it: samples. */
export function fewestSamples(spec: FeatureSpec): number {
  if (spec.kind === "mfcc" && spec.deltas) return (deltaWidth - 1) * spec.hopLength;
  return spec.kind === "whisper-mel" ? 160 : 1;
}
