import { decodeAudio } from "../../audio/decode.js";
import { type AudioLimits, checkBytes } from "../../audio/limits.js";
import { sampleRateHz, type Wave } from "../../audio/wave.js";
import { quietestPeak, speechIn } from "../../inference/speech-segments.js";
import { answerRecording, type RecordingAnswer } from "../../inference/timeline.js";
import type { SoundPicture } from "../messages.js";
import { drawSound } from "./draw-sound.js";
import { mapListening } from "./listened-to.js";
import type { Ear } from "./open-ear.js";

/** A page may take less memory than a program: 200 MB of file, 25 minutes of mono sound at 48 kHz. */
export const pageLimits: AudioLimits = {
  ...{ mostBytes: 2e8, mostSamples: 72e6, mostChannels: 32 },
  mostSeconds: 72e6 / sampleRateHz, // as many samples after mixing
};

/** A recording in which nothing is to be heard. */
export class SilentError extends Error {}

/** The sound of a file. Throws LabError as `decodeAudio` does, for a file that is too large before it is read. */
export async function readFile(file: File): Promise<Wave> {
  checkBytes(file.size, file.name, pageLimits);
  const bytes = new Uint8Array(await file.arrayBuffer());
  return await decodeAudio(bytes, file.name, { allowSilence: true, limits: pageLimits });
}

/** The answer for a recording with its timeline. Throws SilentError when no sample is louder than -80 dB. */
export function answerFor({ predictor, activity }: Ear, wave: Wave): RecordingAnswer {
  if (!wave.samples.some((sample) => Math.abs(sample) > quietestPeak)) throw new SilentError();
  return answerRecording(predictor, wave, speechIn(activity, wave.samples));
}

/** A recording as the page draws it, with what the model listened to when it gave its answer. */
export function pictureOf({ predictor, explain }: Ear, wave: Wave, answer: RecordingAnswer): SoundPicture {
  const { hopLength, ...picture } = drawSound(wave.samples);
  const classIndex = predictor.card.labels.indexOf(answer.emotion);
  const frames = { hopLength, frames: picture.frames };
  const heard =
    explain === null || !answer.speech
      ? null
      : mapListening(predictor, explain, wave.samples, classIndex, frames, picture.bands);
  return { ...picture, heard };
}
