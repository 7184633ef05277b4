/** One pass of the transform: how far apart a butterfly's four numbers lie, and the factors of each butterfly. */
interface Pass {
  readonly quarter: number;
  /** Six numbers a butterfly: real and imaginary part of exp(-2πi k / (4 × quarter)) to the powers 1, 2 and 3. */
  readonly factors: Float64Array;
}

/** The tables of a transform of one size, which is a power of two. */
export interface Radix4 {
  readonly size: number;
  /** Where the first pass finds the first number of each butterfly. */
  readonly order: Int32Array;
  readonly passes: readonly Pass[];
}

/**
 * Makes the tables for a Fourier transform of `size` complex numbers, a power of two, by decimation in time in steps
 * of four (Cooley and Tukey 1965). The arithmetic and its order are those of the package fft.js, so that every
 * number is the same bit for bit (published figures come from them); what is faster is that each pass reads its
 * factors one after another. wasm/ does the same by vectors, for the features that are computed most.
 */
export function createRadix4(size: number): Radix4 {
  const firstRadix = isPowerOfFour(size) ? 4 : 2;
  const passes: Pass[] = [];
  for (let quarter = firstRadix; quarter < size; quarter *= 4) {
    passes.push({ quarter, factors: factorsOf(quarter, size) });
  }
  return { size, order: readingOrder(size / firstRadix), passes };
}

export function isPowerOfFour(size: number): boolean {
  return Number.isInteger(Math.log2(size) / 2);
}

/** The numbers 0 to groups - 1 (a power of four) with their digits in base 4 reversed. */
function readingOrder(groups: number): Int32Array {
  return Int32Array.from({ length: groups }, (_, group) => {
    let reversed = 0;
    for (let rest = group, place = 1; place < groups; rest >>= 2, place *= 4) {
      reversed = 4 * reversed + (rest & 3);
    }
    return reversed;
  });
}

function factorsOf(quarter: number, size: number): Float64Array {
  const factors = new Float64Array(6 * quarter);
  const stride = size / quarter / 4;
  for (let k = 0; k < quarter; k++) {
    for (let power = 1; power <= 3; power++) {
      const angle = (Math.PI * 2 * power * k * stride) / size;
      factors[6 * k + 2 * power - 2] = Math.cos(angle);
      factors[6 * k + 2 * power - 1] = -Math.sin(angle);
    }
  }
  return factors;
}

/** Transforms `input` (2 × size numbers, real and imaginary parts in turn) into `output` (as long, another array). */
export function transform({ size, order, passes }: Radix4, output: Float64Array, input: Float64Array): void {
  if (isPowerOfFour(size)) firstPassOfFour(output, input, order);
  else firstPassOfTwo(output, input, order);
  for (const pass of passes) runPass(output, pass);
}

function firstPassOfTwo(out: Float64Array, input: Float64Array, order: Int32Array): void {
  const half = input.length / 2;
  for (let group = 0, at = 0; group < order.length; group++, at += 4) {
    const a = 2 * order[group]!;
    const b = a + half;
    const aReal = input[a]!;
    const aImaginary = input[a + 1]!;
    const bReal = input[b]!;
    const bImaginary = input[b + 1]!;
    out[at] = aReal + bReal;
    out[at + 1] = aImaginary + bImaginary;
    out[at + 2] = aReal - bReal;
    out[at + 3] = aImaginary - bImaginary;
  }
}

function firstPassOfFour(out: Float64Array, input: Float64Array, order: Int32Array): void {
  const quarter = input.length / 4;
  for (let group = 0, at = 0; group < order.length; group++, at += 8) {
    const a = 2 * order[group]!;
    const b = a + quarter;
    const c = b + quarter;
    const d = c + quarter;
    const aReal = input[a]!;
    const aImaginary = input[a + 1]!;
    const bReal = input[b]!;
    const bImaginary = input[b + 1]!;
    const cReal = input[c]!;
    const cImaginary = input[c + 1]!;
    const dReal = input[d]!;
    const dImaginary = input[d + 1]!;
    const sumReal = aReal + cReal;
    const sumImaginary = aImaginary + cImaginary;
    const differenceReal = aReal - cReal;
    const differenceImaginary = aImaginary - cImaginary;
    const oddSumReal = bReal + dReal;
    const oddSumImaginary = bImaginary + dImaginary;
    const oddDifferenceReal = bReal - dReal;
    const oddDifferenceImaginary = bImaginary - dImaginary;
    out[at] = sumReal + oddSumReal;
    out[at + 1] = sumImaginary + oddSumImaginary;
    out[at + 2] = differenceReal + oddDifferenceImaginary;
    out[at + 3] = differenceImaginary - oddDifferenceReal;
    out[at + 4] = sumReal - oddSumReal;
    out[at + 5] = sumImaginary - oddSumImaginary;
    out[at + 6] = differenceReal - oddDifferenceImaginary;
    out[at + 7] = differenceImaginary + oddDifferenceReal;
  }
}

/** Joins each four transforms of `quarter` numbers into one of four times as many, in place. */
function runPass(out: Float64Array, { quarter, factors }: Pass): void {
  const reach = 2 * quarter;
  for (let start = 0; start < out.length; start += 4 * reach) {
    for (let a = start, k = 0; k < factors.length; a += 2, k += 6) {
      const b = a + reach;
      const c = b + reach;
      const d = c + reach;
      // Each number is read once: V8 does not notice that two reads of an array give the same.
      const aReal = out[a]!;
      const aImaginary = out[a + 1]!;
      const bReal0 = out[b]!;
      const bImaginary0 = out[b + 1]!;
      const cReal0 = out[c]!;
      const cImaginary0 = out[c + 1]!;
      const dReal0 = out[d]!;
      const dImaginary0 = out[d + 1]!;
      const f1Real = factors[k]!;
      const f1Imaginary = factors[k + 1]!;
      const f2Real = factors[k + 2]!;
      const f2Imaginary = factors[k + 3]!;
      const f3Real = factors[k + 4]!;
      const f3Imaginary = factors[k + 5]!;
      const bReal = bReal0 * f1Real - bImaginary0 * f1Imaginary;
      const bImaginary = bReal0 * f1Imaginary + bImaginary0 * f1Real;
      const cReal = cReal0 * f2Real - cImaginary0 * f2Imaginary;
      const cImaginary = cReal0 * f2Imaginary + cImaginary0 * f2Real;
      const dReal = dReal0 * f3Real - dImaginary0 * f3Imaginary;
      const dImaginary = dReal0 * f3Imaginary + dImaginary0 * f3Real;
      const sumReal = aReal + cReal;
      const sumImaginary = aImaginary + cImaginary;
      const differenceReal = aReal - cReal;
      const differenceImaginary = aImaginary - cImaginary;
      const oddSumReal = bReal + dReal;
      const oddSumImaginary = bImaginary + dImaginary;
      const oddDifferenceReal = bReal - dReal;
      const oddDifferenceImaginary = bImaginary - dImaginary;
      out[a] = sumReal + oddSumReal;
      out[a + 1] = sumImaginary + oddSumImaginary;
      out[b] = differenceReal + oddDifferenceImaginary;
      out[b + 1] = differenceImaginary - oddDifferenceReal;
      out[c] = sumReal - oddSumReal;
      out[c + 1] = sumImaginary - oddSumImaginary;
      out[d] = differenceReal - oddDifferenceImaginary;
      out[d + 1] = differenceImaginary + oddDifferenceReal;
    }
  }
}
