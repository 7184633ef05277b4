import { trimSilence } from "../../audio/trim.js";
import { sampleRateHz } from "../../audio/wave.js";
import { type GradCam, valueAt } from "../../explanation/grad-cam.js";
import { isHeardAtOnce, type Predictor, prepareInput, windowSamples } from "../../inference/predict.js";
import type { PictureFrames } from "./draw-sound.js";

/** Longer sounds are not explained: each window takes a forward pass and a gradient. */
const mostWindows = 120;

/**
 * What the model listened to when it heard a class, laid over a picture of the sound: 0 to 255 for each frame and band,
 * 255 where it is most; null for a sound of too many windows. A sound that the model hears at once is explained as it was
 * heard, a longer one window by window.
 */
export function mapListening(
  predictor: Predictor,
  explain: GradCam,
  samples: Float32Array,
  classIndex: number,
  { hopLength, frames }: PictureFrames,
  bands: number,
): Uint8Array | null {
  const length = isHeardAtOnce(predictor, { samples, sampleRate: sampleRateHz })
    ? samples.length
    : windowSamples(predictor);
  if (samples.length / length > mostWindows) return null;
  const found = new Float32Array(frames * bands);
  for (let start = 0; start < samples.length; start += length) {
    const window = samples.subarray(start, start + length);
    const place = placeIn(predictor, window);
    const map = explain(
      prepareInput({ samples: window, sampleRate: sampleRateHz }, predictor.card),
      classIndex,
    );
    const last = Math.min(frames - 1, Math.floor((start + place.end) / hopLength));
    for (let frame = Math.ceil((start + place.begin) / hopLength); frame <= last; frame++) {
      const down = place.at(frame * hopLength - start);
      if (down < 0 || down > 1) continue;
      for (let band = 0; band < bands; band++) {
        found[frame * bands + band] = valueAt(map, down, (band + 0.5) / bands);
      }
    }
  }
  const most = found.reduce((largest, value) => Math.max(largest, value), 0) || 1;
  return Uint8Array.from(found, (value) => Math.round((255 * value) / most));
}

/**
 * Where the sound of a window lies in the model's input: without its silent ends, in the middle (`prepareInput`). `at`
 * gives the place of a sample along the input, 0 to 1.
 */
function placeIn(predictor: Predictor, window: Float32Array) {
  const { trimDecibels } = predictor.card.features;
  const sound = trimDecibels === null ? window : trimSilence(window, trimDecibels);
  const begin = (sound.byteOffset - window.byteOffset) / Float32Array.BYTES_PER_ELEMENT;
  const input = windowSamples(predictor);
  return {
    begin,
    end: begin + sound.length,
    at: (sample: number): number => (sample - begin + (input - sound.length) / 2) / input,
  };
}
