import { LabError } from "../core/errors.js";
import { createFourier, type Fourier } from "./fourier.js";
import { remember } from "./memo.js";

/** How a sound is cut into frames: the frame f is centred on sample f × hopLength. */
export interface Framing {
  readonly windowLength: number;
  readonly hopLength: number;
  /** What lies beyond both ends: silence (librosa's `constant`) or the sound mirrored (`reflect`, Whisper). */
  readonly edges: "silence" | "mirror";
}

interface Workspace {
  readonly fourier: Fourier;
  readonly window: Float64Array;
  readonly input: Float64Array;
  readonly output: Float64Array;
  readonly power: Float64Array;
}

/**
 * The number of frames centred inside a sound of `length` samples: 1 + floor(length / hopLength). Throws LabError
 * when the hop is no whole number from 1 up.
 */
export function countFrames(length: number, hopLength: number): number {
  if (!Number.isInteger(hopLength) || hopLength < 1) {
    throw new LabError(`A hop of ${hopLength} samples makes no frames.`, "Use a whole number from 1 up.");
  }
  return 1 + Math.floor(length / hopLength);
}

/** The periodic Hann window: 0.5 - 0.5 cos(2πn / length). */
export function hannWindow(length: number): Float64Array {
  return Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length));
}

const workspaceOf = remember(
  (windowLength: number): Workspace => ({
    fourier: createFourier(windowLength),
    window: hannWindow(windowLength),
    input: new Float64Array(2 * windowLength),
    output: new Float64Array(2 * windowLength),
    power: new Float64Array(windowLength / 2 + 1),
  }),
);

/**
 * Calls `receive(frame, power)` for frames 0 to `frames` - 1 with the power spectrum |X|² of the Hann-windowed
 * frame, bins 0 to windowLength / 2. The array is reused: read it before returning.
 *
 * Two real frames go through one complex transform, one as its real and one as its imaginary part, and are told
 * apart by symmetry: that halves the work.
 */
export function eachPowerFrame(
  samples: Float32Array,
  framing: Framing,
  frames: number,
  receive: (frame: number, power: Float64Array) => void,
): void {
  const size = framing.windowLength;
  const { fourier, window, input, output, power } = workspaceOf(size);
  const mirror = framing.edges === "mirror";
  for (let frame = 0; frame < frames; frame += 2) {
    const start = frame * framing.hopLength - size / 2;
    windowFrame(samples, start, window, input, 0, mirror);
    if (frame + 1 < frames) windowFrame(samples, start + framing.hopLength, window, input, 1, mirror);
    else for (let n = 0; n < size; n++) input[2 * n + 1] = 0;
    fourier.transform(output, input);
    separate(output, size, power, 1);
    receive(frame, power);
    if (frame + 1 === frames) break;
    separate(output, size, power, -1);
    receive(frame + 1, power);
  }
}

/** |(Z[k] + sign × conj Z[N - k]) / 2|²: sign 1 gives the frame in the real part, -1 that in the imaginary part. */
function separate(spectrum: Float64Array, size: number, power: Float64Array, sign: 1 | -1): void {
  for (let k = 0; k <= size / 2; k++) {
    const other = k === 0 ? 0 : 2 * (size - k);
    const real = spectrum[2 * k]! + sign * spectrum[other]!;
    const imaginary = spectrum[2 * k + 1]! - sign * spectrum[other + 1]!;
    power[k] = 0.25 * (real * real + imaginary * imaginary);
  }
}

function windowFrame(
  samples: Float32Array,
  start: number,
  window: Float64Array,
  input: Float64Array,
  part: 0 | 1,
  mirror: boolean,
): void {
  const size = window.length;
  const length = samples.length;
  if (start >= 0 && start + size <= length) {
    for (let n = 0; n < size; n++) input[2 * n + part] = window[n]! * samples[start + n]!;
    return;
  }
  for (let n = 0; n < size; n++) {
    let at = start + n;
    if (mirror) at = mirrored(at, length);
    input[2 * n + part] = at >= 0 && at < length ? window[n]! * samples[at]! : 0;
  }
}

/** The index inside 0 to length - 1 that an index beyond the ends mirrors to, the end samples not repeated. */
function mirrored(at: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const phase = ((at % period) + period) % period;
  return phase < length ? phase : period - phase;
}
