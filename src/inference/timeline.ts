import { withoutOffset } from "../audio/offset.js";
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
 * The answer for a recording with its timeline, a constant offset taken away (`withoutOffset`). What the model hears at
 * once is answered as `predictWaves` does. A longer one is cut into entries of `hopSeconds`; each is what the model says of
 * the window around it (as much as it sees at once), smoothed by its two neighbours where they are speech as it is (weights 1, 2, 1). Entries longer than a
 * window are cut into equal parts of half a window at most, so that nothing is left unheard; such an entry is the mean over
 * its parts' windows by their seconds of speech. The recording's emotion is the mean over all windows by the seconds of speech
 * in their parts, or over all of them where nobody speaks. `speech` comes from `findSpeech`; where all of it is too short for
 * every entry, the entry with most of it counts as speech.
 *
 * Throws LabError for a hop that is no positive number, and as `predictWaves` does.
 */
export function answerRecording(
  predictor: Predictor,
  recording: Wave,
  speech: readonly SpeechSegment[],
  { hopSeconds = 1 }: TimelineOptions = {},
): RecordingAnswer {
  if (!(hopSeconds >= 0.1 && Number.isFinite(hopSeconds))) {
    throw new LabError(`The timeline's hop is ${hopSeconds} s.`, "Use a number from 0.1 up.");
  }
  const { card } = predictor;
  const wave = withoutOffset(recording);
  const duration = wave.samples.length / sampleRateHz;
  const hasSpeech = speech.length > 0;
  if (isHeardAtOnce(predictor, wave)) {
    const [heard] = hearWaves(predictor, [wave]);
    const answer = answerOf([{ ...heard!, weight: 1 }], card);
    const timeline = [{ start: 0, end: duration, speech: hasSpeech, ...answer }];
    return { ...answer, duration, speech: hasSpeech, timeline };
  }
  const length = windowSamples(predictor);
  const windows = (hopSeconds * sampleRateHz) / length;
  const partsEach = windows <= 1 ? 1 : Math.ceil(2 * windows);
  const entries = withSomeSpeech(cut({ start: 0, end: duration }, hopSeconds, speech));
  const parts =
    partsEach === 1
      ? entries
      : entries.flatMap((entry) => cut(entry, hopSeconds / partsEach, speech, partsEach));
  const lastStart = wave.samples.length - length;
  const starts = parts.map(({ start, end }) => {
    const middle = ((start + end) / 2) * sampleRateHz;
    return Math.round(Math.max(0, Math.min(lastStart, middle - length / 2)));
  });
  const heard = hearWindows(predictor, wave, starts, length);
  const smoothed = (i: number) =>
    [i - 1, i, i + 1]
      .filter((k) => entries[k]?.speech === entries[i]!.speech)
      .map((k) => ({ ...heard[k]!, weight: k === i ? 2 : 1 }));
  const ownParts = (i: number) => {
    const own = [i * partsEach, (i + 1) * partsEach] as const;
    return weighted(heard.slice(...own), parts.slice(...own));
  };
  const timeline = entries.map(({ start, end, speech: isSpeech }, i) => {
    const windowsOfEntry = partsEach === 1 ? smoothed(i) : ownParts(i);
    return { start, end, speech: isSpeech, ...answerOf(windowsOfEntry, card) };
  });
  return { ...answerOf(weighted(heard, parts), card), duration, speech: hasSpeech, timeline };
}

/** A stretch between two times, seconds, with the seconds of speech in it. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly seconds: number;
}

/** What lies between two times in stretches of so many seconds, the last one shorter; one at least, and so many at most. */
function cut(
  { start: from, end: to }: Pick<Stretch, "start" | "end">,
  each: number,
  speech: readonly SpeechSegment[],
  most = Number.POSITIVE_INFINITY,
): Stretch[] {
  // Half a sample less: 14 hops of 0.3 s are 4.2 s, and not a little less, which would leave an entry of no length.
  const count = Math.min(most, Math.max(1, Math.ceil((to - from - 0.5 / sampleRateHz) / each)));
  return Array.from({ length: count }, (_, i) => {
    const [start, end] = [from + i * each, i + 1 < count ? from + (i + 1) * each : to];
    return { start, end, seconds: speechSecondsIn(speech, start, end) };
  });
}

/** Which stretches are speech: those with enough of it, or, where no one has, the one with the most. */
function withSomeSpeech(stretches: readonly Stretch[]): (Stretch & { readonly speech: boolean })[] {
  const isSpeech = ({ start, end, seconds }: Stretch): boolean =>
    seconds > 0 && seconds >= Math.min(shortestSpeechSeconds, (end - start) / 2);
  const richest = stretches.some(isSpeech)
    ? null
    : stretches.reduce((best, one) => (one.seconds > best.seconds ? one : best));
  return stretches.map((one) => ({ ...one, speech: isSpeech(one) || (one === richest && one.seconds > 0) }));
}

/** Windows with the seconds of speech in their stretches as weights; all alike where nobody speaks. */
function weighted(heard: readonly WindowAnswer[], stretches: readonly Stretch[]) {
  const isSilent = stretches.every(({ seconds }) => seconds === 0);
  return heard.map((window, i) => ({ ...window, weight: isSilent ? 1 : stretches[i]!.seconds }));
}

function speechSecondsIn(speech: readonly SpeechSegment[], start: number, end: number): number {
  return speech.reduce(
    (sum, segment) => sum + Math.max(0, Math.min(end, segment.end) - Math.max(start, segment.start)),
    0,
  );
}
