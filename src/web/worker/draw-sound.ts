import { sampleRateHz } from "../../audio/wave.js";
import { bandCentres } from "../../features/band-centres.js";
import { logMel } from "../../features/log-mel.js";
import type { SoundPicture } from "../messages.js";

/** Columns of the waveform, and the most frames of the spectrogram: as many as a wide screen shows. */
const columns = 1_200;
const layout = { bands: 64, windowLength: 1024, lowestHz: 0, highestHz: 8000 } as const;
const shortestHop = 128;
const decibels = 80;

/** Where the middle of each frame of the picture lies, in samples. */
export interface PictureFrames {
  readonly hopLength: number;
  readonly frames: number;
}

/** A sound's waveform and spectrogram, small enough to be handed to the page. */
export function drawSound(samples: Float32Array): Omit<SoundPicture, "heard"> & PictureFrames {
  const hopLength = Math.max(shortestHop, Math.ceil(samples.length / columns));
  const { values, frames, bands } = logMel(samples, { ...layout, hopLength, topDecibels: decibels });
  const loudest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const energies = Uint8Array.from(values, (value) =>
    Math.round(255 * Math.max(0, 1 + (value - loudest) / decibels)),
  );
  const seconds = samples.length / sampleRateHz;
  return {
    seconds,
    peaks: peaksOf(samples),
    energies,
    frames,
    bands,
    bandHz: bandCentres(layout),
    hopLength,
  };
}

/** The lowest and the highest sample of each column, [columns × 2]. */
export function peaksOf(samples: Float32Array): Float32Array {
  const count = Math.min(columns, samples.length);
  const peaks = new Float32Array(2 * count);
  for (let column = 0; column < count; column++) {
    const start = Math.floor((column * samples.length) / count);
    const end = Math.floor(((column + 1) * samples.length) / count);
    let [low, high] = [samples[start]!, samples[start]!];
    for (let i = start + 1; i < end; i++) {
      const sample = samples[i]!;
      if (sample < low) low = sample;
      if (sample > high) high = sample;
    }
    peaks[2 * column] = low;
    peaks[2 * column + 1] = high;
  }
  return peaks;
}
