import { sampleRateHz, type Wave } from "../audio/wave.js";
import { LabError } from "../core/errors.js";
import {
  answerOf,
  type EmotionAnswer,
  hearWaves,
  hearWindows,
  isHeardAtOnce,
  type Predictor,
  type WindowAnswer,
  windowSamples,
} from "./predict.js";
import { type SpeechSegment, shortestSpeechSeconds } from "./speech-segments.js";

/** A stretch of a recording with its emotion. */
export interface TimelineEntry extends EmotionAnswer {
  /** Seconds from the recording's beginning. */
  readonly start: number;
  readonly end: number;
  /** Whether somebody speaks in it; where nobody does, its emotion means nothing. */
  readonly speech: boolean;
}

/** All that is told of one recording. */
export interface RecordingAnswer extends EmotionAnswer {
  /** Seconds. */
  readonly duration: number;
  /** Whether somebody speaks in it. */
  readonly speech: boolean;
  /** Stretch by stretch, without gaps; one entry for a recording that the model hears at once. */
  readonly timeline: readonly TimelineEntry[];
}

export interface TimelineOptions {
  /** Seconds of one entry, 1 where absent. */
  readonly hopSeconds?: number;
}

/**
 * The answer for a recording with its timeline. What the model hears at once is answered as `predictWaves` does.
 * A longer one is cut into entries of `hopSeconds`; each is what the model says of the window around it (as much as it
 * sees at once), smoothed by its two neighbours where they are speech as it is (weights 1, 2, 1). The recording's
 * emotion is the mean over all windows by the seconds of speech in their entries, or over all of them where nobody
 * speaks. `speech` comes from `findSpeech`.
 *
 * Throws LabError for a hop that is no positive number, and as `predictWaves` does.
 */
export function answerRecording(
  predictor: Predictor,
  wave: Wave,
  speech: readonly SpeechSegment[],
  { hopSeconds = 1 }: TimelineOptions = {},
): RecordingAnswer {
  if (!(hopSeconds >= 0.1 && Number.isFinite(hopSeconds))) {
    throw new LabError(`The timeline's hop is ${hopSeconds} s.`, "Use a number from 0.1 up.");
  }
  const { card } = predictor;
  const duration = wave.samples.length / sampleRateHz;
  const hasSpeech = speech.length > 0;
  if (isHeardAtOnce(predictor, wave)) {
    const [heard] = hearWaves(predictor, [wave]);
    const answer = answerOf([{ ...heard!, weight: 1 }], card);
    const timeline = [{ start: 0, end: duration, speech: hasSpeech, ...answer }];
    return { ...answer, duration, speech: hasSpeech, timeline };
  }
  // Half a sample less: 14 hops of 0.3 s are 4.2 s, and not a little less, which would leave an entry of no length.
  const count = Math.ceil((duration - 0.5 / sampleRateHz) / hopSeconds);
  const entries = Array.from({ length: count }, (_, i) => {
    const [start, end] = [i * hopSeconds, i + 1 < count ? (i + 1) * hopSeconds : duration];
    const seconds = speechSecondsIn(speech, start, end);
    const enough = Math.min(shortestSpeechSeconds, (end - start) / 2);
    return { start, end, seconds, speech: seconds > 0 && seconds >= enough };
  });
  const length = windowSamples(predictor);
  const lastStart = wave.samples.length - length;
  const starts = entries.map(({ start, end }) => {
    const middle = ((start + end) / 2) * sampleRateHz;
    return Math.round(Math.max(0, Math.min(lastStart, middle - length / 2)));
  });
  const heard = hearWindows(predictor, wave, starts, length);
  const timeline = entries.map(({ start, end, speech: isSpeech }, i) => {
    const neighbours = [i - 1, i, i + 1].filter((k) => entries[k]?.speech === isSpeech);
    const windows = neighbours.map((k) => ({ ...heard[k]!, weight: k === i ? 2 : 1 }));
    return { start, end, speech: isSpeech, ...answerOf(windows, card) };
  });
  return { ...answerOf(weighted(heard, entries), card), duration, speech: hasSpeech, timeline };
}

/** Windows with the seconds of speech in their entries as weights; all alike where nobody speaks. */
function weighted(heard: readonly WindowAnswer[], entries: readonly { readonly seconds: number }[]) {
  const isSilent = entries.every(({ seconds }) => seconds === 0);
  return heard.map((window, i) => ({ ...window, weight: isSilent ? 1 : entries[i]!.seconds }));
}

function speechSecondsIn(speech: readonly SpeechSegment[], start: number, end: number): number {
  return speech.reduce(
    (sum, segment) => sum + Math.max(0, Math.min(end, segment.end) - Math.max(start, segment.start)),
    0,
  );
}
