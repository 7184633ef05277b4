import type { WaveAugmentation } from "./augment-wave.js";

/** Every option of varying sounds, each with a value of its type, in the order in which they take place. */
export const waveOptions: Required<WaveAugmentation> = {
  probability: 0.5,
  speed: [0.85, 1.18],
  pitchSemitones: [-2, 2],
  shiftSeconds: [-0.1, 0.1],
  reverberation: { decaySeconds: [0.1, 0.7], directToEchoDecibels: [0, 15] },
  bandPass: { lowestHz: [50, 350], highestHz: [3000, 7500] },
  tiltDecibelsPerOctave: [-3, 3],
  noise: { signalToNoiseDecibels: [8, 35] },
  sampleRateHz: [7000, 16_000],
  coding: { step: [0.3, 1.5] },
  gainDecibels: [-6, 6],
};
