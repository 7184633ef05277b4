import { createFourier } from "./fourier.js";
import { remember } from "./memo.js";

/** 32 ms, long enough for a voice's harmonics to lie in bins of their own. */
const frameSamples = 512;
const hopSamples = frameSamples / 2;

/** The first bin of each band, and the end: narrow where the ear tells much, a quarter of an octave above. */
const bandEdges = [0, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 257];

const fourierOf = remember(createFourier);
const sineWindow = Float64Array.from({ length: frameSamples }, (_, n) =>
  Math.sin((Math.PI * (n + 0.5)) / frameSamples),
);

/**
 * The sound as a transform codec of few bits leaves it: in frames of 32 ms, half overlapping, each bin's magnitude is
 * rounded to a multiple of `step` × its band's root mean square. What lies under half a step is lost, which makes the
 * holes and the warble that one hears. No codec's own rules: one variation that stands for many. Samples at 16 kHz;
 * silence stays silence.
 */
export function codeCoarsely(samples: Float32Array, step: number): Float32Array {
  const fourier = fourierOf(frameSamples);
  const coded = new Float64Array(samples.length + 2 * frameSamples);
  const frame = new Float64Array(2 * frameSamples);
  const spectrum = new Float64Array(2 * frameSamples);
  // The sine window before and after: overlapping halves sum to 1 where nothing is rounded.
  for (let start = -hopSamples; start < samples.length; start += hopSamples) {
    for (let n = 0; n < frameSamples; n++) {
      frame[2 * n] = sineWindow[n]! * (samples[start + n] ?? 0);
      frame[2 * n + 1] = 0;
    }
    fourier.transform(spectrum, frame);
    roundBands(spectrum, step);
    fourier.transform(frame, spectrum); // spectrum is the conjugate: forward gives the inverse times the size
    for (let n = 0; n < frameSamples; n++) {
      coded[start + n + hopSamples]! += (sineWindow[n]! * frame[2 * n]!) / frameSamples;
    }
  }
  return Float32Array.from(coded.subarray(hopSamples, hopSamples + samples.length));
}

/** Rounds the magnitudes of a real sound's spectrum band by band, in place, and takes its conjugate. */
function roundBands(spectrum: Float64Array, step: number): void {
  for (let band = 0; band + 1 < bandEdges.length; band++) {
    const [first, end] = [bandEdges[band]!, bandEdges[band + 1]!];
    let power = 0;
    for (let bin = first; bin < end; bin++) power += spectrum[2 * bin]! ** 2 + spectrum[2 * bin + 1]! ** 2;
    const quantum = step * Math.sqrt(power / (end - first));
    for (let bin = first; bin < end; bin++) {
      const magnitude = Math.hypot(spectrum[2 * bin]!, spectrum[2 * bin + 1]!);
      const scale = magnitude === 0 ? 0 : (quantum * Math.round(magnitude / quantum)) / magnitude;
      const [real, imaginary] = [scale * spectrum[2 * bin]!, scale * spectrum[2 * bin + 1]!];
      spectrum[2 * bin] = real;
      spectrum[2 * bin + 1] = -imaginary;
      if (bin === 0 || bin === frameSamples / 2) continue;
      spectrum[2 * (frameSamples - bin)] = real;
      spectrum[2 * (frameSamples - bin) + 1] = imaginary;
    }
  }
}
