import { sampleRateHz } from "../audio/wave.js";
import type { Random } from "../core/random.js";
import { convolve, tilt } from "./wave-filters.js";

/** The sound louder by so many dB. */
export function changeGain(samples: Float32Array, decibels: number): Float32Array {
  const gain = 10 ** (decibels / 20);
  return samples.map((value) => gain * value);
}

/** Mean square of the samples; 0 for none. */
export function meanPower(samples: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! * samples[i]!;
  return samples.length === 0 ? 0 : sum / samples.length;
}

/**
 * The sound with normal noise added, so that the sound's mean power is `signalToNoiseDecibels` above the noise's.
 * `decibelsPerOctave` colours the noise: 0 white, -3 pink, -6 brown. Silence stays silence.
 */
export function addNoise(
  samples: Float32Array,
  signalToNoiseDecibels: number,
  random: Random,
  decibelsPerOctave = 0,
): Float32Array {
  const power = meanPower(samples);
  if (power === 0) return samples.slice();
  const white = Float32Array.from(samples, () => random.normal());
  const noise = decibelsPerOctave === 0 ? white : tilt(white, decibelsPerOctave);
  const scale = Math.sqrt(power / 10 ** (signalToNoiseDecibels / 10) / meanPower(noise));
  return samples.map((value, i) => value + scale * noise[i]!);
}

export interface Room {
  /** Seconds in which the echo falls by 60 dB: 0.2 a living room, 0.6 an office, 1.5 a hall. */
  readonly decaySeconds: number;
  /** Power of the direct sound over that of all echo, dB: 15 close to the microphone, 0 far away. */
  readonly directToEchoDecibels: number;
}

/**
 * The sound in a synthetic room: the direct sound and, after 2 ms, normal noise that decays exponentially (Polack
 * 1988), brought back to the sound's own mean power. Silence stays silence.
 */
export function reverberate(samples: Float32Array, room: Room, random: Random): Float32Array {
  const power = meanPower(samples);
  if (power === 0) return samples.slice();
  const length = Math.max(2, Math.round(room.decaySeconds * sampleRateHz));
  const delay = Math.min(Math.round(0.002 * sampleRateHz), length - 1);
  const response = new Float32Array(length);
  let energy = 0;
  for (let i = delay; i < length; i++) {
    response[i] = random.normal() * 10 ** ((-3 * i) / length);
    energy += response[i]! * response[i]!;
  }
  const scale = Math.sqrt(10 ** (-room.directToEchoDecibels / 10) / energy);
  for (let i = delay; i < length; i++) response[i]! *= scale;
  response[0] = 1;
  const wet = convolve(samples, response);
  const level = Math.sqrt(power / meanPower(wet));
  return wet.map((value) => level * value);
}
