import { LabError } from "../core/errors.js";

/** What a recording may ask for; more is refused before memory is taken for it. */
export interface AudioLimits {
  /** Bytes of the file. */
  readonly mostBytes: number;
  /** Samples of all channels together, before mixing and resampling: what decoding takes of time. */
  readonly mostSamples: number;
  /** Of the sound, which is kept as one channel at 16 kHz: 64,000 bytes a second. */
  readonly mostSeconds: number;
  readonly mostChannels: number;
}

/** More bytes or more sound than is taken at once. */
export class TooLargeError extends LabError {}

/**
 * A file of 1 GiB; two hours at 48 kHz in stereo, longer at less; 80 minutes in a small file; 32 channels. 80 minutes are what
 * `affectlab predict` hears within 1 GB, TensorFlow's 0.4 among it.
 */
export const usualLimits: AudioLimits = {
  mostBytes: 2 ** 30,
  mostSamples: 2 * 3600 * 2 * 48_000,
  mostSeconds: 80 * 60,
  mostChannels: 32,
};

/**
 * The limits for a file of so many bytes: its sound may last longer than `mostSeconds` where the file is as large as 64 kbit/s
 * are, so that a small file takes little memory whatever it holds, and a large one eight times its size.
 */
export function limitsFor(bytes: number, limits: AudioLimits): AudioLimits {
  return { ...limits, mostSeconds: Math.max(limits.mostSeconds, bytes / 8_000) };
}

/** Throws TooLargeError, naming the file, when it is larger than the limit. */
export function checkBytes(bytes: number, name: string, { mostBytes }: AudioLimits): void {
  if (bytes <= mostBytes) return;
  throw new TooLargeError(
    `${name} has ${inMegabytes(bytes)} MB; at most ${inMegabytes(mostBytes)} are read.`,
    "Cut the recording into parts, or compress it, for example to FLAC or Opus.",
  );
}

/**
 * Throws LabError, naming the file, when it has, or says that it has, more channels than the limits, and TooLargeError
 * when more samples or seconds.
 * `samplesEach` is a channel's length at `rateHz` (0 where that is not known).
 */
export function checkSize(
  sound: { readonly channels: number; readonly samplesEach: number; readonly rateHz: number },
  name: string,
  { mostSamples, mostSeconds, mostChannels }: AudioLimits,
): void {
  const { channels, samplesEach, rateHz } = sound;
  if (channels > mostChannels) {
    throw new LabError(
      `${name} has ${channels} channels; at most ${mostChannels} are read.`,
      "Mix it down to mono or stereo, for example with ffmpeg -ac 1.",
    );
  }
  const isLong = rateHz > 0 && samplesEach / rateHz > mostSeconds;
  if (channels * samplesEach <= mostSamples && !isLong) return;
  const seconds = rateHz > 0 ? `${Math.round(samplesEach / rateHz)} s of sound` : "too much sound";
  const atOnce = Math.floor(Math.min(mostSeconds, mostSamples / channels / rateHz));
  const most = rateHz > 0 ? ` of at most ${atOnce} s` : "";
  throw new TooLargeError(
    `${name} holds ${seconds} in ${channels} ${channels === 1 ? "channel" : "channels"}, more than is decoded at once.`,
    `Cut it into parts${most}.`,
  );
}

function inMegabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
