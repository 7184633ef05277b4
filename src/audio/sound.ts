/** Decoded channels at the file's own rate, before mixing to mono and resampling. */
export interface Sound {
  /** One array a channel, all of one length, nominal range -1 to 1. */
  readonly channels: readonly Float32Array[];
  readonly rateHz: number;
}

/** Uncompressed samples as they lie in a file: what a WAV and an AIFF have in common once their headers are read. */
export interface PcmData {
  readonly encoding: "integer" | "float" | "a-law" | "mu-law";
  readonly channels: number;
  readonly rateHz: number;
  /** Bits of one sample's container: 8, 16, 24, 32 or 64. */
  readonly bits: number;
  /** Interleaved little-endian samples, whole frames only; 8-bit integers are unsigned, as in WAV. */
  readonly bytes: Uint8Array;
}

/** Mean of the channels. */
export function mixToMono(channels: readonly Float32Array[]): Float32Array {
  const first = channels[0]!;
  if (channels.length === 1) return first;
  const mono = new Float32Array(first.length);
  for (let i = 0; i < mono.length; i++) {
    let sum = 0;
    for (const channel of channels) sum += channel[i]!;
    mono[i] = sum / channels.length;
  }
  return mono;
}

/** Samples with 0 in place of what is no number (NaN, infinite), so that one of them does not silence the others. */
export function withNumbersOnly(samples: Float32Array): Float32Array {
  return samples.map((sample) => (Number.isFinite(sample) ? sample : 0));
}
