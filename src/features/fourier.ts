import FFT from "fft.js";
import { LabError } from "../core/errors.js";

/** A complex discrete Fourier transform of fixed size over interleaved real and imaginary parts. */
export interface Fourier {
  readonly size: number;
  /** Transforms `input` (2 × size numbers) into `output` (as long, another array). */
  transform(output: Float64Array, input: Float64Array): void;
}

/**
 * A transform of any even size. Powers of two go to fft.js (radix 4); another size such as Whisper's 400 = 16 × 25
 * is cut into `odd` interleaved parts of a power of two, joined by one decimation-in-time step (Cooley and
 * Tukey 1965). Throws LabError for an odd or non-positive size.
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
  const fft = new FFT(part);
  if (part === size) return { size, transform: (output, input) => fft.transform(output, input) };
  return { size, transform: joinedTransform(fft, part, size / part) };
}

function joinedTransform(fft: FFT, part: number, odd: number): Fourier["transform"] {
  const size = part * odd;
  const cosines = Float64Array.from({ length: size }, (_, k) => Math.cos((2 * Math.PI * k) / size));
  const sines = Float64Array.from({ length: size }, (_, k) => -Math.sin((2 * Math.PI * k) / size));
  const piece = new Float64Array(2 * part);
  const spectra = Array.from({ length: odd }, () => new Float64Array(2 * part));
  return (output, input) => {
    for (let q = 0; q < odd; q++) {
      for (let m = 0; m < part; m++) {
        piece[2 * m] = input[2 * (q + odd * m)]!;
        piece[2 * m + 1] = input[2 * (q + odd * m) + 1]!;
      }
      fft.transform(spectra[q], piece);
    }
    output.fill(0);
    for (let q = 0; q < odd; q++) {
      const spectrum = spectra[q]!;
      for (let k = 0, twiddle = 0; k < size; k++) {
        const at = 2 * (k % part);
        const c = cosines[twiddle]!;
        const s = sines[twiddle]!;
        output[2 * k]! += c * spectrum[at]! - s * spectrum[at + 1]!;
        output[2 * k + 1]! += c * spectrum[at + 1]! + s * spectrum[at]!;
        twiddle += q;
        if (twiddle >= size) twiddle -= size;
      }
    }
  };
}
