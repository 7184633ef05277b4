import type { FeatureSpec } from "./feature-spec.js";

/** The features in a sentence's part, for whoever reads a card: "64 log-mel bands from 0 to 8000 Hz of …". */
export function describeFeatures(spec: FeatureSpec): string {
  switch (spec.kind) {
    case "log-mel": {
      const floor =
        spec.topDecibels === null ? "" : `, limited to ${spec.topDecibels} dB under the loudest of the clip`;
      return `log-mel: ${spec.bands} bands (Slaney) from ${spec.lowestHz} to ${spec.highestHz} Hz of ${windows(spec)}, in dB${floor}`;
    }
    case "mfcc":
      return `MFCC: ${spec.coefficients} coefficients${spec.deltas ? " with first and second differences" : ""} of ${spec.bands} mel bands from ${spec.lowestHz} to ${spec.highestHz} Hz of ${windows(spec)}`;
    case "whisper-mel":
      return "Whisper's log-mel: 80 bands to 8 kHz of Hann windows of 400 samples every 160, log10 limited to 8 under the loudest, (x + 4) / 4";
    case "waveform":
      return `the samples themselves${spec.unitVariance === true ? ", each clip taken to mean 0 and variance 1" : ""}`;
    case "descriptors":
      return `centroid, rolloff, flatness, flux, zero crossings and energy of the spectrum of ${windows(spec)}`;
  }
}

function windows({ windowLength, hopLength }: { windowLength: number; hopLength: number }): string {
  return `Hann windows of ${windowLength} samples every ${hopLength}`;
}
