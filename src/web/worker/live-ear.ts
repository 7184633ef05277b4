import { joinSamples } from "../../audio/join-samples.js";
import { openResampleStream, type ResampleStream } from "../../audio/resample-stream.js";
import { sampleRateHz, type Wave } from "../../audio/wave.js";
import { hearWaves, windowSamples } from "../../inference/predict.js";
import { openSmoothing, openStream, type StreamWindow } from "../../inference/stream.js";
import type { LiveStretch } from "../messages.js";
import type { Ear } from "./open-ear.js";

const hopSeconds = 0.5;
/** What is kept of a recording to be answered as a whole at its end: its last ten minutes. */
const mostKeptSamples = 600 * sampleRateHz;

/** A microphone that is listened to. */
export interface LiveEar {
  /** Takes the next samples, mono, as they come. */
  hear(samples: Float32Array): void;
  /** The recording, or its last ten minutes. */
  end(): Wave;
}

export interface LiveListener {
  onStretch(stretch: LiveStretch): void;
  /** The loudest sample since the last time, and the seconds so far. */
  onLevel(level: number, seconds: number): void;
}

/**
 * Begins to listen: an answer every half second, of the last seconds as `affectlab listen` gives them. Where the device is
 * too slow, answers are left out, and the next one stands for their time too: no sound is lost.
 */
export async function openLiveEar(ear: Ear, rateHz: number, listener: LiveListener): Promise<LiveEar> {
  const { predictor, activity } = ear;
  const layout = { windowSamples: windowSamples(predictor), hopSamples: hopSeconds * sampleRateHz };
  const stream = openStream(layout, activity);
  const smoothing = openSmoothing(predictor.card);
  const resampler: ResampleStream = await openResampleStream(rateHz, sampleRateHz);
  const kept: Float32Array[] = [];
  let keptSamples = 0;
  let heardSamples = 0;
  let answeredSamples = 0;
  let begunMs = 0;
  let waiting: Float32Array[] = [];

  const answer = (window: StreamWindow): void => {
    const [heard] = hearWaves(predictor, [{ samples: window.samples, sampleRate: sampleRateHz }]);
    const behind = (performance.now() - begunMs) / 1000 - window.end / sampleRateHz;
    listener.onStretch({
      ...smoothing.next(heard!, window.speech),
      start: answeredSamples / sampleRateHz,
      end: window.end / sampleRateHz,
      speech: window.speech,
      behind: Math.max(0, behind),
    });
    answeredSamples = window.end;
  };
  const keep = (samples: Float32Array): void => {
    kept.push(samples);
    keptSamples += samples.length;
    while (keptSamples - kept[0]!.length >= mostKeptSamples) keptSamples -= kept.shift()!.length;
  };
  const take = (samples: Float32Array): void => {
    if (samples.length === 0) return;
    keep(samples);
    heardSamples += samples.length;
    const level = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    listener.onLevel(level, heardSamples / sampleRateHz);
    const newest = stream.hear(samples).at(-1);
    if (newest !== undefined) answer(newest);
  };
  const takeAll = (): void => {
    const samples = resampler.push(joinSamples(waiting));
    waiting = [];
    take(samples);
  };

  return {
    hear(samples) {
      begunMs ||= performance.now() - (1000 * samples.length) / rateHz;
      // All that has come by now at once: a slow device then makes one answer of it.
      if (waiting.push(samples) === 1) setTimeout(() => waiting.length > 0 && takeAll());
    },
    end() {
      if (waiting.length > 0) takeAll();
      take(resampler.end());
      resampler.close();
      const last = stream.end();
      if (last !== null) answer(last);
      return { samples: joinSamples(kept), sampleRate: sampleRateHz };
    },
  };
}
