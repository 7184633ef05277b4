import { powerToDecibels } from "./decibels.js";
import type { Features, LogMelSpec } from "./feature-spec.js";
import { applyMelFilters, melFilters } from "./mel-filters.js";
import { remember } from "./memo.js";
import { countFrames, eachPowerFrame } from "./short-time.js";
import { openMelPowers } from "./wasm/mel-powers.js";

/** What of a spec decides a mel spectrogram. */
export type MelLayout = Pick<LogMelSpec, "bands" | "windowLength" | "hopLength" | "lowestHz" | "highestHz">;

/**
 * The log-mel spectrogram of samples at 16 kHz in dB, [frames, bands] with 1 + floor(samples / hopLength) frames.
 * Equal within 0.01 dB to `librosa.power_to_db(librosa.feature.melspectrogram(y, sr=16000, n_fft=windowLength,
 * hop_length=hopLength, n_mels=bands, fmin=lowestHz, fmax=highestHz, pad_mode="constant"), ref=1.0,
 * top_db=topDecibels)`, transposed. Throws LabError for a spec that makes no filters.
 */
export function logMel(samples: Float32Array, spec: MelLayout & Pick<LogMelSpec, "topDecibels">): Features {
  const { power, frames } = melPower(samples, spec);
  return { values: powerToDecibels(power, spec.topDecibels), frames, bands: spec.bands };
}

/** The mel power spectrogram, [frames, bands], of samples at 16 kHz with silence beyond both ends. */
export function melPower(samples: Float32Array, layout: MelLayout): { power: Float64Array; frames: number } {
  const { bands, windowLength, hopLength } = layout;
  const filters = melFilters(bands, windowLength, layout.lowestHz, layout.highestHz);
  const frames = countFrames(samples.length, hopLength);
  const power = new Float64Array(frames * bands);
  const quick = quickPowers(bands, windowLength, hopLength, layout.lowestHz, layout.highestHz);
  if (quick !== null) quick.compute(samples, frames, power);
  else
    eachPowerFrame(samples, { windowLength, hopLength, edges: "silence" }, frames, (frame, spectrum) => {
      applyMelFilters(filters, spectrum, power, frame * bands);
    });
  return { power, frames };
}

/** The same by WebAssembly, bit for bit; null where it cannot. */
const quickPowers = remember(
  (bands: number, windowLength: number, hopLength: number, lowestHz: number, highestHz: number) =>
    openMelPowers(windowLength, hopLength, melFilters(bands, windowLength, lowestHz, highestHz)),
);
