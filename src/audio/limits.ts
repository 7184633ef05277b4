import { LabError } from "../core/errors.js";

/** What a recording may ask for; more is refused before memory is taken for it. */
export interface AudioLimits {
  /** Bytes of the file. */
  readonly mostBytes: number;
  /** Samples of all channels together, before mixing and resampling; each takes four bytes. */
  readonly mostSamples: number;
  readonly mostChannels: number;
}

/** More bytes or more sound than is taken at once. */
export class TooLargeError extends LabError {}

/** A file of 1 GiB; 2 GiB of decoded samples, which are an hour and a half at 48 kHz in stereo; 32 channels. */
export const usualLimits: AudioLimits = { mostBytes: 2 ** 30, mostSamples: 2 ** 29, mostChannels: 32 };

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
 * when more samples.
 * `samplesEach` is a channel's length at `rateHz` (0 where that is not known).
 */
export function checkSize(
  sound: { readonly channels: number; readonly samplesEach: number; readonly rateHz: number },
  name: string,
  { mostSamples, mostChannels }: AudioLimits,
): void {
  const { channels, samplesEach, rateHz } = sound;
  if (channels > mostChannels) {
    throw new LabError(
      `${name} has ${channels} channels; at most ${mostChannels} are read.`,
      "Mix it down to mono or stereo, for example with ffmpeg -ac 1.",
    );
  }
  if (channels * samplesEach <= mostSamples) return;
  const seconds = rateHz > 0 ? `${Math.round(samplesEach / rateHz)} s of sound` : "too much sound";
  const most = rateHz > 0 ? ` of at most ${Math.floor(mostSamples / channels / rateHz)} s` : "";
  throw new TooLargeError(
    `${name} holds ${seconds} in ${channels} ${channels === 1 ? "channel" : "channels"}, more than is decoded at once.`,
    `Cut it into parts${most}.`,
  );
}

function inMegabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
