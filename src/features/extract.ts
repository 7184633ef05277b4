import { prepareWave } from "../audio/trim.js";
import type { Wave } from "../audio/wave.js";
import { LabError } from "../core/errors.js";
import { descriptorFrames } from "./descriptors.js";
import type { FeatureSpec, Features } from "./feature-spec.js";
import { logMel } from "./log-mel.js";
import { mfcc } from "./mfcc.js";
import { waveform } from "./waveform.js";
import { whisperMel } from "./whisper-mel.js";

/**
 * The features of a sound: prepared as the spec says (trimmed, peak-normalised), then described frame by frame.
 * The same sound and spec give the same numbers in Node and in a browser. Throws LabError for an empty sound, for
 * samples that are not finite, and for a spec that cannot be computed.
 */
export function extractFeatures(wave: Wave, spec: FeatureSpec): Features {
  checkSamples(wave.samples);
  const samples = prepareWave(wave.samples, {
    trimDecibels: spec.trimDecibels,
    peakNormalise: spec.peakNormalise,
  });
  switch (spec.kind) {
    case "log-mel":
      return logMel(samples, spec);
    case "mfcc":
      return mfcc(samples, spec);
    case "whisper-mel":
      return whisperMel(samples);
    case "waveform":
      return waveform(samples, spec);
    case "descriptors":
      return descriptorFrames(samples, spec);
    default:
      throw new LabError(
        `There are no features "${String((spec as { kind: unknown }).kind)}".`,
        "Use log-mel, mfcc, whisper-mel, waveform or descriptors.",
      );
  }
}

function checkSamples(samples: Float32Array): void {
  if (samples.length === 0)
    throw new LabError("The sound is empty.", "Use a recording with at least one sample.");
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]!;
  if (!Number.isFinite(sum)) {
    throw new LabError(
      "The sound holds samples that are not numbers (NaN or infinite).",
      "Decode the recording again; the file may be damaged.",
    );
  }
}
