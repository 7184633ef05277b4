import type { GraphBuilder, Value } from "./graph.js";

/** The power spectrum of frames, and which bin of the transform each of its numbers is. */
export interface Powers {
  /** [frames, bins]: real part squared plus imaginary part squared. */
  readonly values: Value;
  readonly bins: readonly number[];
}

/**
 * |X|² of real frames [frames, size], by two steps of products with small matrices (Cooley and Tukey 1965, for two
 * factors): sample n = n₁·N₂ + n₂ and bin k = k₁ + N₁·k₂ give
 *
 *     X[k] = Σₙ₂ W_N₂^(n₂·k₂) · ( W_N^(n₂·k₁) · Σₙ₁ W_N₁^(n₁·k₁) · x[n] )       with W_m = exp(-2πi / m).
 *
 * Every runtime has such products, not every one a Fourier transform; and two of 32 × 32 numbers round less than one of
 * 1,024 × 513, in a hundredth of the memory. Bins beyond the half are left out as far as the factors allow.
 */
export function powerSpectrum(graph: GraphBuilder, frames: Value): Powers {
  const [count, size] = frames.shape as [number, number];
  const first = largestFactor(size);
  const second = size / first;
  const half = Math.floor(second / 2) + 1;
  const product = (a: Value, b: Value): Value => graph.multiplyMatrices(a, b, { exact: true });

  const inner = turns(graph, first, first, first);
  const twiddle = turns(graph, second, first, size);
  const outer = turns(graph, second, half, second);

  const x = graph.transpose(graph.reshape(frames, [count, first, second]), [0, 2, 1]); // [frames, n₂, n₁]
  const real = product(x, inner.cosine); // [frames, n₂, k₁]; the imaginary part is the negative of this:
  const negative = product(x, inner.sine);
  const turned = [
    graph.subtract(graph.multiply(real, twiddle.cosine), graph.multiply(negative, twiddle.sine)),
    graph.add(graph.multiply(negative, twiddle.cosine), graph.multiply(real, twiddle.sine)),
  ].map((part) => graph.transpose(part, [0, 2, 1])) as [Value, Value]; // [frames, k₁, n₂], again the negative second
  const [a, b] = turned;
  const realPart = graph.subtract(product(a, outer.cosine), product(b, outer.sine)); // [frames, k₁, k₂]
  const imaginaryPart = graph.add(product(b, outer.cosine), product(a, outer.sine));
  const power = graph.add(graph.multiply(realPart, realPart), graph.multiply(imaginaryPart, imaginaryPart));
  const bins = Array.from({ length: first * half }, (_, i) => Math.floor(i / half) + first * (i % half));
  return { values: graph.reshape(power, [count, first * half]), bins };
}

/** cos and sin of 2π · row · column / period, [rows, columns]. */
function turns(
  graph: GraphBuilder,
  rows: number,
  columns: number,
  period: number,
): { cosine: Value; sine: Value } {
  const angles = Array.from({ length: rows * columns }, (_, i) => {
    const steps = (Math.floor(i / columns) * (i % columns)) % period;
    return (2 * Math.PI * steps) / period;
  });
  return {
    cosine: graph.constant(angles.map(Math.cos), [rows, columns]),
    sine: graph.constant(angles.map(Math.sin), [rows, columns]),
  };
}

/** The largest divisor that is not above the root: 32 of 1,024, 20 of 400. */
function largestFactor(size: number): number {
  let factor = Math.floor(Math.sqrt(size));
  while (size % factor !== 0) factor--;
  return factor;
}
