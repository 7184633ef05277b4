import loadEspeak from "@echogarden/espeak-ng-emscripten";
import { LabError } from "../../core/errors.js";

/** The rate of what eSpeak NG speaks, Hz. */
export const speechRateHz = 22_050;

/** Says a text: words a minute, pitch in semitones from the voice's own, range as a factor; samples at 22,050 Hz. */
export type Speak = (text: string, wordsPerMinute: number, semitones: number, range: number) => Float32Array;

/**
 * A voice of eSpeak NG (WebAssembly, offline). The synthesiser carries state from one text to the next, so a voice of
 * its own a speaker and the same texts in the same order give the same samples. Throws LabError for an unknown voice.
 */
export async function createVoice(voice: string): Promise<Speak> {
  const espeak = await loadEspeak();
  const worker = new espeak.eSpeakNGWorker();
  if (worker.set_voice(voice) !== 0)
    throw new LabError(`eSpeak NG has no voice "${voice}".`, "Run npm install again.");
  return (text, wordsPerMinute, semitones, range) => {
    worker.set_rate(Math.round(clamp(wordsPerMinute, 80, 400)));
    // Of the pitch scale's 0 to 99, 50 is the voice's own pitch and 50 steps are an octave.
    worker.set_pitch(Math.round(clamp(50 + (50 * semitones) / 12, 0, 99)));
    worker.set_range(Math.round(clamp(50 * range, 0, 99)));
    const pieces: Int16Array[] = [];
    worker.synthesize(text, (samples) => {
      if (samples !== null) pieces.push(samples);
      return false;
    });
    const samples = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) for (const value of piece) samples[at++] = value / 32_768;
    return samples;
  };
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.max(lowest, Math.min(highest, value));
}
