import { LabError } from "../core/errors.js";
import { createRadix4, type Radix4, transform } from "./radix-4.js";

/** A complex discrete Fourier transform of fixed size over interleaved real and imaginary parts. */
export interface Fourier {
  readonly size: number;
  /** Transforms `input` (2 × size numbers) into `output` (as long, another array). */
  transform(output: Float64Array, input: Float64Array): void;
  /**
   * Transforms two real frames times the window (size numbers), one as the real and one as the imaginary part: those
   * from samples[first] and samples[second] on, which must lie inside the samples.
   */
  transformFrames(
    output: Float64Array,
    samples: Float32Array,
    first: number,
    second: number,
    window: Float64Array,
  ): void;
}

/**
 * A transform of any even size. Powers of two go in steps of four (radix-4.ts); another size such as Whisper's
 * 400 = 16 × 25 is cut into `odd` interleaved parts of a power of two, joined by one decimation-in-time step (Cooley
 * and Tukey 1965). Throws LabError for an odd or non-positive size.
 */
export function createFourier(size: number): Fourier {
  if (!Number.isInteger(size) || size < 2 || size % 2 !== 0) {
    throw new LabError(
      `A Fourier transform of ${size} samples is not supported.`,
      "Use an even whole number, best a power of two such as 1024.",
    );
  }
  let part = 2;
  while (size % (part * 2) === 0) part *= 2;
  const tables = createRadix4(part);
  if (part < size) return withFrames(size, joinedTransform(tables, size / part));
  return withFrames(size, (output, input) => transform(tables, output, input));
}

/** Frames are windowed first, then transformed. */
function withFrames(size: number, plain: Fourier["transform"]): Fourier {
  const input = new Float64Array(2 * size);
  return {
    size,
    transform: plain,
    transformFrames(output, samples, first, second, window) {
      for (let n = 0; n < size; n++) {
        input[2 * n] = window[n]! * samples[first + n]!;
        input[2 * n + 1] = window[n]! * samples[second + n]!;
      }
      plain(output, input);
    },
  };
}

function joinedTransform(tables: Radix4, odd: number): Fourier["transform"] {
  const part = tables.size;
  const size = part * odd;
  const cosines = Float64Array.from({ length: size }, (_, k) => Math.cos((2 * Math.PI * k) / size));
  const sines = Float64Array.from({ length: size }, (_, k) => -Math.sin((2 * Math.PI * k) / size));
  const piece = new Float64Array(2 * part);
  const pieceSpectrum = new Float64Array(2 * part);
  // [part, odd]: what is summed for one bin lies together.
  const reals = new Float64Array(size);
  const imaginaries = new Float64Array(size);
  return (output, input) => {
    for (let q = 0; q < odd; q++) {
      for (let m = 0; m < part; m++) {
        piece[2 * m] = input[2 * (q + odd * m)]!;
        piece[2 * m + 1] = input[2 * (q + odd * m) + 1]!;
      }
      transform(tables, pieceSpectrum, piece);
      for (let m = 0; m < part; m++) {
        reals[m * odd + q] = pieceSpectrum[2 * m]!;
        imaginaries[m * odd + q] = pieceSpectrum[2 * m + 1]!;
      }
    }
    for (let k = 0, row = 0; k < size; k++, row = row + odd === size ? 0 : row + odd) {
      let real = 0;
      let imaginary = 0;
      for (let at = row, twiddle = 0; at < row + odd; at++) {
        const c = cosines[twiddle]!;
        const s = sines[twiddle]!;
        real += c * reals[at]! - s * imaginaries[at]!;
        imaginary += c * imaginaries[at]! + s * reals[at]!;
        twiddle += k;
        if (twiddle >= size) twiddle -= size;
      }
      output[2 * k] = real;
      output[2 * k + 1] = imaginary;
    }
  };
}
