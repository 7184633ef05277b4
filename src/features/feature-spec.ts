/**
 * What a clip is described by. Everything that decides the values is in here: the spec's hash names the cache
 * and the spec travels with the model.
 */
export type FeatureSpec = LogMelSpec | MfccSpec | WhisperMelSpec | WaveformSpec | DescriptorsSpec;

/** What happens to the sound before any features, in this order. */
export interface Preparation {
  /** Silence at both ends below this many dB under the loudest frame is cut; null keeps the clip whole. */
  readonly trimDecibels: number | null;
  /** Scales the loudest sample to 1, so that a microphone's level tells nothing. */
  readonly peakNormalise: boolean;
}

/** Log-mel energies in dB, frames at the hop: [frames, bands]. */
export interface LogMelSpec extends Preparation {
  readonly kind: "log-mel";
  readonly bands: number;
  /** Samples at 16 kHz. */
  readonly windowLength: number;
  readonly hopLength: number;
  readonly lowestHz: number;
  readonly highestHz: number;
  /** Everything more than this many dB below the clip's loudest value is raised to that floor; null for none. */
  readonly topDecibels: number | null;
}

/** Mel-frequency cepstral coefficients, with first and second differences when `deltas`: [frames, coefficients × (1 or 3)]. */
export interface MfccSpec extends Preparation {
  readonly kind: "mfcc";
  readonly coefficients: number;
  readonly deltas: boolean;
  readonly bands: number;
  readonly windowLength: number;
  readonly hopLength: number;
  readonly lowestHz: number;
  readonly highestHz: number;
}

/** Whisper's log-mel of the clip itself, not padded to 30 s: [frames, 80]. */
export interface WhisperMelSpec extends Preparation {
  readonly kind: "whisper-mel";
  readonly bands: 80;
}

/** The samples themselves, a frame each: [samples, 1]. */
export interface WaveformSpec extends Preparation {
  readonly kind: "waveform";
  /** Takes each clip to mean 0 and variance 1, as wav2vec 2.0 expects it; by default the samples stay as they are. */
  readonly unitVariance?: boolean;
}

/** Centroid, rolloff, flatness, flux, zero crossings and energy of the spectrum: [frames, 6]. */
export interface DescriptorsSpec extends Preparation {
  readonly kind: "descriptors";
  /** Samples at 16 kHz; the window a power of two. */
  readonly windowLength: number;
  readonly hopLength: number;
}

/** Frames of one clip, row by row: value of frame f and band b at `f * bands + b`. */
export interface Features {
  readonly values: Float32Array;
  readonly frames: number;
  readonly bands: number;
}

/** The project's usual log-mel: 64 bands of 64 ms windows every 16 ms at 16 kHz, so that 3 s are 188 frames. */
export const defaultLogMel: LogMelSpec = {
  kind: "log-mel",
  bands: 64,
  windowLength: 1024,
  hopLength: 256,
  lowestHz: 0,
  highestHz: 8000,
  topDecibels: 80,
  trimDecibels: 35,
  peakNormalise: true,
};
