import { sampleRateHz } from "../audio/wave.js";
import { createFourier, type Fourier } from "./fourier.js";
import { remember } from "./memo.js";

const fourierOf = remember((size: number): Fourier => createFourier(size), 4);

/** The smallest power of two that holds `length`, at least 2. */
function paddedSize(length: number): number {
  return 2 ** Math.max(1, Math.ceil(Math.log2(length)));
}

function spectrumOf(samples: ArrayLike<number>, size: number): Float64Array {
  const input = new Float64Array(2 * size);
  for (let i = 0; i < samples.length; i++) input[2 * i] = samples[i]!;
  const spectrum = new Float64Array(2 * size);
  fourierOf(size).transform(spectrum, input);
  return spectrum;
}

/** The first `length` real samples of a spectrum's inverse transform, conj(F(conj Z)) / size. */
function samplesOf(spectrum: Float64Array, length: number): Float32Array {
  const size = spectrum.length / 2;
  const conjugate = spectrum.map((value, i) => (i % 2 === 1 ? -value : value));
  const output = new Float64Array(2 * size);
  fourierOf(size).transform(output, conjugate);
  return Float32Array.from({ length }, (_, i) => output[2 * i]! / size);
}

/** The sound through a room or filter of this impulse response, cut to the sound's own length. */
export function convolve(samples: Float32Array, impulseResponse: ArrayLike<number>): Float32Array {
  const size = paddedSize(samples.length + impulseResponse.length);
  const sound = spectrumOf(samples, size);
  const room = spectrumOf(impulseResponse, size);
  for (let i = 0; i < sound.length; i += 2) {
    const real = sound[i]! * room[i]! - sound[i + 1]! * room[i + 1]!;
    sound[i + 1] = sound[i]! * room[i + 1]! + sound[i + 1]! * room[i]!;
    sound[i] = real;
  }
  return samplesOf(sound, samples.length);
}

/** The sound with each frequency's amplitude multiplied by `gainAt(hz)`, its phase kept. */
export function shapeSpectrum(samples: Float32Array, gainAt: (hz: number) => number): Float32Array {
  // Half a second of silence behind the sound takes up what a zero-phase filter rings.
  const size = paddedSize(samples.length + sampleRateHz / 2);
  const spectrum = spectrumOf(samples, size);
  for (let bin = 0; bin <= size / 2; bin++) {
    const gain = gainAt((bin * sampleRateHz) / size);
    const mirror = bin === 0 ? 0 : size - bin;
    spectrum[2 * bin]! *= gain;
    spectrum[2 * bin + 1]! *= gain;
    if (mirror === bin) continue;
    spectrum[2 * mirror]! *= gain;
    spectrum[2 * mirror + 1]! *= gain;
  }
  return samplesOf(spectrum, samples.length);
}

/** Keeps what lies between two frequencies, Hz: slopes of a fourth-order Butterworth filter, no change of phase. */
export function bandPass(samples: Float32Array, lowestHz: number, highestHz: number): Float32Array {
  return shapeSpectrum(samples, (hz) => {
    const low = hz === 0 ? 0 : 1 / Math.sqrt(1 + (lowestHz / hz) ** 8);
    return low / Math.sqrt(1 + (hz / highestHz) ** 8);
  });
}

/** Keeps what lies below a frequency, Hz, as a resampler does: all of it up to nine tenths, nothing from there on. */
export function bandLimit(samples: Float32Array, highestHz: number): Float32Array {
  const passesHz = 0.9 * highestHz;
  return shapeSpectrum(samples, (hz) => {
    if (hz <= passesHz) return 1;
    return hz >= highestHz ? 0 : Math.cos(((Math.PI / 2) * (hz - passesHz)) / (highestHz - passesHz));
  });
}

/** Tilts the spectrum around 1 kHz by so many dB an octave (between 60 Hz and 8 kHz): another microphone or distance. */
export function tilt(samples: Float32Array, decibelsPerOctave: number): Float32Array {
  return shapeSpectrum(
    samples,
    (hz) => 10 ** ((decibelsPerOctave * Math.log2(Math.max(hz, 60) / 1000)) / 20),
  );
}
