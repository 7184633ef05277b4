import { peakOf } from "../audio/trim.js";
import { sampleRateHz } from "../audio/wave.js";
import { chunkSamples, speechProbabilities, type VoiceActivity } from "./voice-activity.js";

/** A stretch of a recording in which somebody speaks, in seconds. */
export interface SpeechSegment {
  readonly start: number;
  readonly end: number;
}

/** Speech begins at this probability and goes on above the lower one: the values of Silero's get_speech_timestamps. */
export const speechBeginsAt = 0.5;
const endsBelow = 0.35;
/** Pauses shorter than this belong to the speech around them; speech that is shorter than the other is none. */
const shortestPauseSeconds = 0.1;
export const shortestSpeechSeconds = 0.25;

/** What is not louder anywhere is left as it is: -80 dB. */
export const quietestPeak = 1e-4;

/**
 * Where somebody speaks in a whole recording at 16 kHz, whatever its level: scaled to a peak of 1 first, since the network
 * misses speech that is 20 dB lower (of 244 clips of the corpora it finds speech in 242 so, and in 234 without).
 */
export function speechIn(activity: VoiceActivity, samples: Float32Array): SpeechSegment[] {
  const peak = peakOf(samples);
  return findSpeech(speechProbabilities(activity, samples, peak > quietestPeak ? peak : 1));
}

/**
 * Where somebody speaks, from the probabilities of each 32 ms (`speechProbabilities`), as Silero's
 * get_speech_timestamps finds it, without padding. Of a recording that is itself shorter than half a second, speech of
 * half its length counts.
 */
export function findSpeech(probabilities: ArrayLike<number>): SpeechSegment[] {
  const chunkSeconds = chunkSamples / sampleRateHz;
  const shortest = Math.min(shortestSpeechSeconds, (probabilities.length * chunkSeconds) / 2);
  const segments: SpeechSegment[] = [];
  let start = -1;
  let pause = -1;
  const close = (end: number): void => {
    if ((end - start) * chunkSeconds >= shortest) {
      segments.push({ start: start * chunkSeconds, end: end * chunkSeconds });
    }
    [start, pause] = [-1, -1];
  };
  for (let i = 0; i < probabilities.length; i++) {
    const probability = probabilities[i]!;
    if (probability >= speechBeginsAt) {
      if (start < 0) start = i;
      pause = -1;
    } else if (start >= 0 && probability < endsBelow) {
      if (pause < 0) pause = i;
      if ((i + 1 - pause) * chunkSeconds >= shortestPauseSeconds) close(pause);
    }
  }
  if (start >= 0) close(pause >= 0 ? pause : probabilities.length);
  return segments;
}
