import { sampleRateHz } from "../audio/wave.js";
import { LabError } from "../core/errors.js";
import { type AnsweredClasses, answerOf, type EmotionAnswer, type WindowAnswer } from "./predict.js";
import { quietestPeak, shortestSpeechSeconds, speechBeginsAt } from "./speech-segments.js";
import { chunkSamples, type VoiceActivity } from "./voice-activity.js";

/** How a stream of sound is cut for a model. */
export interface StreamLayout {
  /** Samples of one window: as many as the model sees at once (`windowSamples`). */
  readonly windowSamples: number;
  /** Samples from one answer to the next. */
  readonly hopSamples: number;
}

/** The last few seconds of a stream at the moment when an answer is due. */
export interface StreamWindow {
  /** A copy: at most `windowSamples` of them, less at the stream's beginning. */
  readonly samples: Float32Array;
  /** Where it lies in the stream, in samples. */
  readonly start: number;
  readonly end: number;
  /** Whether somebody speaks in it; true where no voice-activity network listens. */
  readonly speech: boolean;
}

/** A stream of sound at 16 kHz in a ring of one window: memory does not grow however long it goes on. */
export interface SoundStream {
  /** Takes the next samples; gives the windows whose answers are due now, one every hop. */
  hear(samples: Float32Array): StreamWindow[];
  /** The window at the stream's end when samples came after the last answer, else null. */
  end(): StreamWindow | null;
}

/** Speech that ended longer ago than this is over, though the window still holds it. */
const recentSeconds = 1;

/** Begins to listen. Throws LabError for a layout without samples. */
export function openStream(layout: StreamLayout, activity?: VoiceActivity): SoundStream {
  for (const [name, value] of Object.entries(layout)) {
    if (!(Number.isInteger(value) && value > 0)) {
      throw new LabError(`The stream's ${name} is ${value}.`, "Use a whole number from 1 up.");
    }
  }
  const { windowSamples, hopSamples } = layout;
  const ring = new Float32Array(windowSamples);
  const voice = activity === undefined ? null : openVoice(activity);
  let heard = 0; // samples since the beginning: exact up to 2^53, which is 17,000 years
  let answered = 0;

  const put = (samples: Float32Array): void => {
    const kept = samples.subarray(Math.max(0, samples.length - windowSamples));
    const at = (heard + samples.length - kept.length) % windowSamples;
    const first = kept.subarray(0, windowSamples - at);
    ring.set(first, at);
    ring.set(kept.subarray(first.length), 0);
    heard += samples.length;
    voice?.hear(samples);
  };
  const windowNow = (): StreamWindow => {
    const length = Math.min(heard, windowSamples);
    const samples = new Float32Array(length);
    const from = (heard - length) % windowSamples;
    const first = ring.subarray(from, Math.min(windowSamples, from + length));
    samples.set(first);
    samples.set(ring.subarray(0, length - first.length), first.length);
    answered = heard;
    return { samples, start: heard - length, end: heard, speech: voice?.isSpeech() ?? true };
  };

  return {
    hear(samples) {
      const due: StreamWindow[] = [];
      for (let at = 0; at < samples.length; ) {
        const untilHop = hopSamples - (heard % hopSamples);
        const piece = samples.subarray(at, at + untilHop);
        put(piece);
        at += piece.length;
        if (heard % hopSamples === 0) due.push(windowNow());
      }
      return due;
    },
    end: () => (heard > answered ? windowNow() : null),
  };
}

/**
 * Speech in the last second of a stream. The network wants sound of a usual level: each chunk is scaled by the loudest
 * sample of the last few seconds (its maximum of each second, so that a loud one is forgotten).
 */
function openVoice(activity: VoiceActivity) {
  const listener = activity.listen();
  const chunk = new Float32Array(chunkSamples);
  const recent = new Uint8Array(Math.round((recentSeconds * sampleRateHz) / chunkSamples));
  const peaks = new Float32Array(4);
  let filled = 0;
  let chunks = 0;
  const hearChunk = (): void => {
    const second = Math.floor((chunks * chunkSamples) / sampleRateHz);
    const before = Math.floor(((chunks - 1) * chunkSamples) / sampleRateHz);
    if (second !== before) peaks[second % peaks.length] = 0;
    let peak = peaks[second % peaks.length]!;
    for (const sample of chunk) peak = Math.max(peak, Math.abs(sample));
    peaks[second % peaks.length] = peak;
    const loudest = Math.max(...peaks);
    const scaled = loudest > quietestPeak ? chunk.map((sample) => sample / loudest) : chunk;
    recent[chunks % recent.length] = listener.hear(scaled) >= speechBeginsAt ? 1 : 0;
    chunks++;
  };
  return {
    hear(samples: Float32Array): void {
      for (let at = 0; at < samples.length; ) {
        const piece = samples.subarray(at, at + chunkSamples - filled);
        chunk.set(piece, filled);
        filled += piece.length;
        at += piece.length;
        if (filled === chunkSamples) {
          hearChunk();
          filled = 0;
        }
      }
    },
    isSpeech(): boolean {
      const spoken = recent.reduce((sum, one) => sum + one, 0);
      return (spoken * chunkSamples) / sampleRateHz >= shortestSpeechSeconds;
    },
  };
}

/** Answers of a stream, each smoothed by the one before it. */
export interface StreamSmoothing {
  next(window: WindowAnswer, speech: boolean): EmotionAnswer;
}

/**
 * Each answer is the mean of what the model says of its window and of the one before (weights 2 and 1, as far as the
 * past goes what the timeline of a recording does), unless speech began or ended between them.
 */
export function openSmoothing(classes: AnsweredClasses): StreamSmoothing {
  let before: (WindowAnswer & { readonly speech: boolean }) | null = null;
  return {
    next(window, speech) {
      const windows = [{ ...window, weight: 2 }];
      if (before?.speech === speech) windows.push({ ...before, weight: 1 });
      before = { ...window, speech };
      return answerOf(windows, classes);
    },
  };
}
