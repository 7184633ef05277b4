import { setImmediate as othersTurn } from "node:timers/promises";
import { openResampleStream, type ResampleStream } from "../audio/resample-stream.js";
import { sampleRateHz } from "../audio/wave.js";
import type { EmotionAnswer, WindowAnswer } from "../inference/predict.js";
import { openSmoothing, openStream, type SoundStream, type StreamWindow } from "../inference/stream.js";
import type { VoiceActivity } from "../inference/voice-activity.js";
import type { ModelFacts } from "./messages.js";

/** One answer of a stream: of the seconds that end at `end`. */
export interface StreamAnswer extends EmotionAnswer {
  /** Seconds from the stream's beginning. */
  readonly start: number;
  readonly end: number;
  readonly speech: boolean;
  /** Seconds from the arrival of its last sound to the answer. */
  readonly behind: number;
  /** Seconds of sound so far that no answer has heard. */
  readonly dropped: number;
}

/** What a stream has come to. */
export interface StreamSummary {
  /** Seconds of sound that arrived. */
  readonly seconds: number;
  readonly answers: number;
  /** Answers that were left out because the model was still busy with an earlier one. */
  readonly skipped: number;
  /** Seconds of sound that no answer has heard. */
  readonly dropped: number;
  /** The largest `behind` of its answers, seconds. */
  readonly mostBehind: number;
}

export interface StreamSessionOptions {
  readonly facts: ModelFacts;
  readonly hopSeconds: number;
  /**
   * A live source does not wait: where the model is too slow for an answer every hop, answers are skipped and counted.
   * Otherwise the one who writes waits until every answer is there.
   */
  readonly isLive: boolean;
  /** Without it every window counts as speech. */
  readonly activity?: VoiceActivity;
  /** What the model says of a window; null where it is left out because it came too late: it counts as skipped. */
  readonly hearWindow: (samples: Float32Array) => Promise<WindowAnswer | null>;
  readonly onAnswer: (answer: StreamAnswer) => void;
  /** Milliseconds that only grow; tests bring their own. */
  readonly now?: () => number;
}

/**
 * A stream of sound that is answered while it goes on. Memory does not grow with it, nor with what is written at once:
 * that is heard hop by hop, and others have their turn of the event loop between.
 */
export interface StreamSession {
  /**
   * Takes mono samples of any rate, one call after the other. Resolves when the next may come; throws as `hearWindow`
   * does (of a live stream at a later call).
   */
  write(samples: Float32Array, rateHz: number): Promise<void>;
  /**
   * Answers for what came after the last answer, or counts it as dropped where it is shorter than a quarter of a second,
   * and tells how the stream went.
   */
  end(): Promise<StreamSummary>;
  /** What the stream has come to so far. */
  readonly summary: StreamSummary;
  /** Frees memory; safe to call twice. */
  close(): void;
}

/** No more is heard in one turn of the event loop, however long the hop. */
const longestTurnSeconds = 1;

/** Shorter ends of a stream are not worth an answer of their own. */
const shortestEndSamples = sampleRateHz / 4;

interface Due extends StreamWindow {
  readonly arrivedMs: number;
}

export function openStreamSession(options: StreamSessionOptions): StreamSession {
  return new Session(options);
}

class Session implements StreamSession {
  private readonly stream: SoundStream;
  private readonly smoothing;
  private readonly now: () => number;
  private resampler: { rateHz: number; stream: ResampleStream } | null = null;
  private arrived = 0;
  private heardUntil = 0;
  private droppedSamples = 0;
  private answers = 0;
  private skipped = 0;
  private mostBehind = 0;
  /** Of a live stream: the newest window that waits, and the work that goes on. */
  private next: Due | null = null;
  private working: Promise<void> | null = null;
  private failure: { error: unknown } | null = null;

  constructor(private readonly options: StreamSessionOptions) {
    const { facts, hopSeconds, activity } = options;
    const hopSamples = Math.round(hopSeconds * sampleRateHz);
    this.stream = openStream({ windowSamples: facts.windowSamples, hopSamples }, activity);
    this.smoothing = openSmoothing(facts);
    this.now = options.now ?? (() => performance.now());
  }

  get summary(): StreamSummary {
    return {
      seconds: this.arrived / sampleRateHz,
      answers: this.answers,
      skipped: this.skipped,
      dropped: this.droppedSamples / sampleRateHz,
      mostBehind: this.mostBehind,
    };
  }

  async write(samples: Float32Array, rateHz: number): Promise<void> {
    const arrivedMs = this.now();
    if (this.resampler?.rateHz !== rateHz) {
      if (this.resampler !== null) await this.hear(this.resampler.stream.end(), arrivedMs);
      this.resampler?.stream.close();
      this.resampler = { rateHz, stream: await openResampleStream(rateHz, sampleRateHz) };
    }
    const atOnce = Math.floor(Math.min(this.options.hopSeconds, longestTurnSeconds) * rateHz);
    for (let at = 0; at < samples.length; at += atOnce) {
      if (at > 0) await othersTurn();
      await this.hear(this.resampler.stream.push(samples.subarray(at, at + atOnce)), arrivedMs);
    }
  }

  async end(): Promise<StreamSummary> {
    if (this.resampler !== null) await this.hear(this.resampler.stream.end(), this.now());
    await this.working;
    this.throwFailure();
    const last = this.stream.end();
    if (last !== null && last.end - this.heardUntil >= shortestEndSamples) {
      await this.answer({ ...last, arrivedMs: this.now() });
    }
    this.droppedSamples += this.arrived - this.heardUntil;
    this.heardUntil = this.arrived;
    return this.summary;
  }

  close(): void {
    this.resampler?.stream.close();
    this.next = null;
  }

  private async hear(samples: Float32Array, arrivedMs: number): Promise<void> {
    this.throwFailure();
    this.arrived += samples.length;
    for (const window of this.stream.hear(samples)) {
      const due = { ...window, arrivedMs };
      if (this.options.isLive) this.offer(due);
      else await this.answer(due);
    }
  }

  private offer(due: Due): void {
    if (this.next !== null) this.skipped++;
    this.next = due;
    this.working ??= this.work();
  }

  private async work(): Promise<void> {
    try {
      while (this.next !== null) {
        const due = this.next;
        this.next = null;
        await this.answer(due);
      }
    } catch (error) {
      this.failure = { error };
    } finally {
      this.working = null;
    }
  }

  private async answer(due: Due): Promise<void> {
    const { start, end, speech, arrivedMs } = due;
    const heard = await this.options.hearWindow(due.samples);
    if (heard === null) {
      this.skipped++;
      return;
    }
    this.droppedSamples += Math.max(0, start - this.heardUntil);
    this.heardUntil = end;
    const answer = this.smoothing.next(heard, speech);
    const behind = (this.now() - arrivedMs) / 1000;
    this.answers++;
    this.mostBehind = Math.max(this.mostBehind, behind);
    this.options.onAnswer({
      ...{ start: start / sampleRateHz, end: end / sampleRateHz, speech, ...answer, behind },
      dropped: this.droppedSamples / sampleRateHz,
    });
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure.error;
  }
}
