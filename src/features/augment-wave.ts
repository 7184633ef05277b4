import { LabError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import { codeCoarsely } from "./wave-coding.js";
import { bandLimit, bandPass, tilt } from "./wave-filters.js";
import { addNoise, changeGain, reverberate } from "./wave-room.js";
import { changeSpeed, shiftPitch, shiftTime } from "./wave-time.js";

/** A range that a number is drawn from, uniformly. */
export type Range = readonly [lowest: number, highest: number];

/**
 * How the sound of training clips is varied, in the order of this list: the speaker first, then the room, then the
 * microphone. A missing option leaves that variation out; the others each take place with `probability`.
 */
export interface WaveAugmentation {
  /** The part of clips that each variation is applied to, each drawn by itself; default 0.5. */
  readonly probability?: number | undefined;
  /** Factor on the speed, which moves pitch and formants with it. */
  readonly speed?: Range | undefined;
  /** Pitch up or down at the same length. */
  readonly pitchSemitones?: Range | undefined;
  readonly shiftSeconds?: Range | undefined;
  readonly reverberation?: { readonly decaySeconds: Range; readonly directToEchoDecibels: Range } | undefined;
  readonly bandPass?: { readonly lowestHz: Range; readonly highestHz: Range } | undefined;
  /** Spectral tilt around 1 kHz. */
  readonly tiltDecibelsPerOctave?: Range | undefined;
  /** Noise of a random colour, white to brown. */
  readonly noise?: { readonly signalToNoiseDecibels: Range } | undefined;
  /** As a recording at this rate has it: nothing above half of it. */
  readonly sampleRateHz?: Range | undefined;
  /** As a codec of few bits leaves it, the coarser the larger the step (`codeCoarsely`). */
  readonly coding?: { readonly step: Range } | undefined;
  readonly gainDecibels?: Range | undefined;
}

/** What took recordings in another language from 55-61% to 70-73% UAR (Whisper base, trained on English only). */
export const usualWaveAugmentation: WaveAugmentation = {
  probability: 0.5,
  speed: [0.85, 1.18],
  reverberation: { decaySeconds: [0.1, 0.7], directToEchoDecibels: [0, 15] },
  bandPass: { lowestHz: [50, 350], highestHz: [3000, 7500] },
  tiltDecibelsPerOctave: [-3, 3],
  noise: { signalToNoiseDecibels: [8, 35] },
};

/** The usual variations, and what telephones, recorders and messengers do to a recording. */
export const recordingAugmentation: WaveAugmentation = {
  ...usualWaveAugmentation,
  sampleRateHz: [7000, 16_000],
  coding: { step: [0.3, 1.5] },
};

/**
 * A varied copy of samples at 16 kHz, for training clips only. The same random state and options give the same
 * sound. Changing the speed changes the length. Throws LabError for a range that is none.
 */
export function augmentWave(samples: Float32Array, options: WaveAugmentation, random: Random): Float32Array {
  const { probability = 0.5, reverberation, bandPass: band, noise } = options;
  const happens = (): boolean => random.chance(probability);
  const draw = (name: string, [lowest, highest]: Range): number => {
    if (!(lowest <= highest)) {
      throw new LabError(
        `augmentWave: ${name} ranges from ${lowest} to ${highest}.`,
        "Give the lower number first.",
      );
    }
    return random.between(lowest, highest);
  };
  let sound = samples;
  if (options.speed && happens()) sound = changeSpeed(sound, draw("speed", options.speed));
  if (options.pitchSemitones && happens())
    sound = shiftPitch(sound, draw("pitchSemitones", options.pitchSemitones));
  if (options.shiftSeconds && happens()) sound = shiftTime(sound, draw("shiftSeconds", options.shiftSeconds));
  if (reverberation && happens()) {
    const decaySeconds = draw("decaySeconds", reverberation.decaySeconds);
    const directToEchoDecibels = draw("directToEchoDecibels", reverberation.directToEchoDecibels);
    sound = reverberate(sound, { decaySeconds, directToEchoDecibels }, random);
  }
  if (band && happens())
    sound = bandPass(sound, draw("lowestHz", band.lowestHz), draw("highestHz", band.highestHz));
  if (options.tiltDecibelsPerOctave && happens()) {
    sound = tilt(sound, draw("tiltDecibelsPerOctave", options.tiltDecibelsPerOctave));
  }
  if (noise && happens()) {
    const decibels = draw("signalToNoiseDecibels", noise.signalToNoiseDecibels);
    sound = addNoise(sound, decibels, random, random.between(-6, 0));
  }
  if (options.sampleRateHz && happens())
    sound = bandLimit(sound, draw("sampleRateHz", options.sampleRateHz) / 2);
  if (options.coding && happens()) sound = codeCoarsely(sound, draw("coding.step", options.coding.step));
  if (options.gainDecibels && happens())
    sound = changeGain(sound, draw("gainDecibels", options.gainDecibels));
  return sound === samples ? samples.slice() : sound;
}
