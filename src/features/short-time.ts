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
  readonly powers: readonly [Float64Array, Float64Array];
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
    powers: [new Float64Array(windowLength / 2 + 1), new Float64Array(windowLength / 2 + 1)],
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
  const { windowLength: size, hopLength } = framing;
  const { fourier, window, input, output, powers } = workspaceOf(size);
  const inner = framing.edges === "mirror" ? mirrored : (at: number): number => at;
  for (let frame = 0; frame < frames; frame += 2) {
    const start = frame * hopLength - size / 2;
    const isPair = frame + 1 < frames;
    if (isPair && start >= 0 && start + hopLength + size <= samples.length) {
      fourier.transformFrames(output, samples, start, start + hopLength, window);
    } else {
      windowEdge(samples, start, window, input, 0, inner);
      if (isPair) windowEdge(samples, start + hopLength, window, input, 1, inner);
      else for (let n = 0; n < size; n++) input[2 * n + 1] = 0;
      fourier.transform(output, input);
    }
    separate(output, size, powers[0], powers[1]);
    receive(frame, powers[0]);
    if (isPair) receive(frame + 1, powers[1]);
  }
}

/** One frame that reaches beyond an end; `inner` says which sample stands for one out there. */
function windowEdge(
  samples: Float32Array,
  start: number,
  window: Float64Array,
  input: Float64Array,
  part: 0 | 1,
  inner: (at: number, length: number) => number,
): void {
  for (let n = 0; n < window.length; n++) {
    const at = inner(start + n, samples.length);
    input[2 * n + part] = at >= 0 && at < samples.length ? window[n]! * samples[at]! : 0;
  }
}

/** The frame in the real part is (Z[k] + conj Z[N - k]) / 2, that in the imaginary part (Z[k] - conj Z[N - k]) / 2i. */
function separate(spectrum: Float64Array, size: number, first: Float64Array, second: Float64Array): void {
  first[0] = spectrum[0]! * spectrum[0]!;
  second[0] = spectrum[1]! * spectrum[1]!;
  for (let k = 1, at = 2, mirror = 2 * size - 2; k <= size / 2; k++, at += 2, mirror -= 2) {
    const real = spectrum[at]!;
    const imaginary = spectrum[at + 1]!;
    const mirrorReal = spectrum[mirror]!;
    const mirrorImaginary = spectrum[mirror + 1]!;
    const a = real + mirrorReal;
    const b = imaginary - mirrorImaginary;
    const c = real - mirrorReal;
    const d = imaginary + mirrorImaginary;
    first[k] = 0.25 * (a * a + b * b);
    second[k] = 0.25 * (c * c + d * d);
  }
}

/** The index inside 0 to length - 1 that an index beyond the ends mirrors to, the end samples not repeated. */
function mirrored(at: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const phase = ((at % period) + period) % period;
  return phase < length ? phase : period - phase;
}
