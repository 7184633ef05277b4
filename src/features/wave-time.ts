import { sampleRateHz } from "../audio/wave.js";
import { LabError } from "../core/errors.js";
import { interpolate } from "./interpolate.js";

/**
 * The sound played `factor` times as fast: shorter and higher for a factor above 1, by interpolation with a
 * Hann-windowed sinc that also removes what would pass 8 kHz. Throws LabError for a factor outside 0.25 to 4.
 */
export function changeSpeed(samples: Float32Array, factor: number): Float32Array {
  checkFactor("changeSpeed", factor);
  if (factor === 1) return samples.slice();
  const length = Math.max(1, Math.round(samples.length / factor));
  return interpolate(samples, factor, length);
}

/** 32 ms pieces that overlap by half, moved by up to 8 ms to where they fit best. */
const pieceLength = 512;
const pieceHop = pieceLength / 2;
const tolerance = 128;

/**
 * The sound `factor` times as long at the same pitch: overlap-add of pieces, each taken where it continues the last
 * one best (WSOLA: Verhelst and Roelands 1993). Throws LabError for a factor outside 0.25 to 4.
 */
export function stretchTime(samples: Float32Array, factor: number): Float32Array {
  checkFactor("stretchTime", factor);
  const length = Math.max(1, Math.round(samples.length * factor));
  if (factor === 1 || samples.length < 2 * pieceLength) return changeLength(samples, length);
  const out = new Float32Array(length + pieceLength);
  const latest = samples.length - pieceLength;
  let previous = 0;
  for (let at = 0; at < length; at += pieceHop) {
    const wanted = Math.min(Math.round(at / factor), latest);
    const from = at === 0 ? 0 : bestStart(samples, Math.min(previous + pieceHop, latest), wanted, latest);
    for (let n = 0; n < pieceLength; n++) {
      const fadeIn = at === 0 && n < pieceHop ? 1 : 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / pieceLength);
      out[at + n]! += fadeIn * samples[from + n]!;
    }
    previous = from;
  }
  return out.slice(0, length);
}

/** The start near `wanted` whose samples are most like those that follow the last piece (normalised correlation). */
function bestStart(samples: Float32Array, follows: number, wanted: number, latest: number): number {
  let best = wanted;
  let bestLikeness = Number.NEGATIVE_INFINITY;
  const last = Math.min(latest, wanted + tolerance);
  for (let start = Math.max(0, wanted - tolerance); start <= last; start += 2) {
    let product = 0;
    let energy = 1e-9;
    for (let n = 0; n < pieceHop; n += 2) {
      const value = samples[start + n]!;
      product += value * samples[follows + n]!;
      energy += value * value;
    }
    const likeness = product / Math.sqrt(energy);
    if (likeness > bestLikeness) {
      bestLikeness = likeness;
      best = start;
    }
  }
  return best;
}

/** A sound too short to have pieces: repeated or cut. */
function changeLength(samples: Float32Array, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => samples[i % samples.length] ?? 0);
}

/** The sound higher (or lower) by so many semitones, as long as before: faster playing, then stretched back. */
export function shiftPitch(samples: Float32Array, semitones: number): Float32Array {
  const factor = 2 ** (semitones / 12);
  const shifted = stretchTime(changeSpeed(samples, factor), factor);
  const out = new Float32Array(samples.length);
  out.set(shifted.subarray(0, samples.length));
  return out;
}

/** The sound moved later (earlier when negative) by `seconds`; silence comes in, what leaves is lost. */
export function shiftTime(samples: Float32Array, seconds: number): Float32Array {
  const shift = Math.round(seconds * sampleRateHz);
  const out = new Float32Array(samples.length);
  if (shift >= 0)
    out.set(samples.subarray(0, Math.max(0, samples.length - shift)), Math.min(shift, samples.length));
  else out.set(samples.subarray(-shift));
  return out;
}

function checkFactor(name: string, factor: number): void {
  if (!(factor >= 0.25 && factor <= 4)) {
    throw new LabError(`${name}: factor is ${factor}.`, "Use a number from 0.25 to 4.");
  }
}
