import type { MelFilters } from "../mel-filters.js";
import { createRadix4, isPowerOfFour } from "../radix-4.js";
import { hannWindow } from "../short-time.js";
import { butterflyBytes, openMelModule, pairBytes } from "./mel-module.js";

/** Computes mel powers frame by frame. */
export interface MelPowers {
  /** Writes the mel powers of all frames, [frames, bands], of samples with silence beyond both ends. */
  compute(samples: Float32Array, frames: number, out: Float64Array): void;
}

/** Hands out places in a module's memory, one after the other. */
class Layout {
  size = 0;
  take(bytes: number): number {
    const place = this.size;
    this.size += Math.ceil(bytes / pairBytes) * pairBytes;
    return place;
  }
}

/**
 * Mel powers by WebAssembly, the same numbers bit for bit as without; null where that is not to be had, and for a window
 * whose length is no power of four.
 */
export function openMelPowers(
  windowLength: number,
  hopLength: number,
  filters: MelFilters,
): MelPowers | null {
  if (!isPowerOfFour(windowLength) || windowLength < 16) return null;
  const { bands } = filters;
  const tables = createRadix4(windowLength);
  const single = 4;
  const frameBytes = windowLength * single;
  const orderBytes = tables.order.length * single;

  const layout = new Layout();
  const segment = layout.take(frameBytes + hopLength * single); // two frames' samples
  const silence = layout.take(frameBytes); // stands for the frame after the last one
  const window = layout.take(2 * frameBytes);
  const order = layout.take(orderBytes);
  const passes = tables.passes.map(({ quarter }) => ({
    quarter,
    factors: layout.take(quarter * butterflyBytes),
  }));
  const spectrum = layout.take(windowLength * pairBytes);
  const powers = layout.take((windowLength / 2 + 1) * pairBytes);
  const places = layout.take(2 * single * bands);
  const weights = layout.take(8 * (filters.weights.length + bands));
  const results = layout.take(bands * pairBytes);
  const module = openMelModule(layout.size);
  if (module === null) return null;

  const { buffer } = module.memory;
  new Float64Array(buffer, window, windowLength).set(hannWindow(windowLength));
  new Int32Array(buffer, order, tables.order.length).set(tables.order.map((index) => index * single));
  tables.passes.forEach((pass, i) => {
    new Float64Array(buffer, passes[i]!.factors, 9 * pass.quarter).set(signedFactors(pass.factors));
  });
  const laid = layFilters(filters, powers, weights);
  new Int32Array(buffer, places, 2 * bands).set(laid.places);
  new Float64Array(buffer, weights, laid.weights.length).set(laid.weights);

  const samplesOfPair = new Float32Array(buffer, segment, windowLength + hopLength);
  const powersOfPair = new Float64Array(buffer, results, 2 * bands);
  const spectrumEnd = spectrum + windowLength * pairBytes;
  const powersEnd = powers + (windowLength / 2) * pairBytes;
  return {
    compute(samples, frames, out) {
      for (let frame = 0; frame < frames; frame += 2) {
        copyWithSilence(samples, frame * hopLength - windowLength / 2, samplesOfPair);
        const second = frame + 1 < frames ? segment + hopLength * single : silence;
        module.windowFrames(spectrum, segment, second, window, order, order + orderBytes, frameBytes / 4);
        for (const { quarter, factors } of passes) {
          const factorsEnd = factors + quarter * butterflyBytes;
          module.joinTransforms(spectrum, spectrumEnd, quarter * pairBytes, factors, factorsEnd);
        }
        module.separateFrames(spectrum, spectrumEnd, powers, powersEnd);
        module.applyFilters(results, results + bands * pairBytes, places, weights);
        const row = frame * bands;
        for (let band = 0; band < bands; band++) out[row + band] = powersOfPair[2 * band]!;
        if (frame + 1 === frames) break;
        for (let band = 0; band < bands; band++) out[row + bands + band] = powersOfPair[2 * band + 1]!;
      }
    },
  };
}

/** Fills `out` with the samples from `start` on, which may begin before them and end behind. */
function copyWithSilence(samples: Float32Array, start: number, out: Float32Array): void {
  const from = Math.max(0, start);
  const to = Math.min(samples.length, start + out.length);
  if (to - from < out.length) out.fill(0);
  if (to > from) out.set(samples.subarray(from, to), from - start);
}

/** Real part, negative imaginary part and imaginary part of each factor. */
function signedFactors(factors: Float64Array): Float64Array {
  const signed = new Float64Array((factors.length / 2) * 3);
  for (let i = 0; i < factors.length / 2; i++) {
    signed.set([factors[2 * i]!, -factors[2 * i + 1]!, factors[2 * i + 1]!], 3 * i);
  }
  return signed;
}

/** For each band the address of its first power and of its weights' end; a band without bins gets one weight of 0. */
function layFilters(
  { bands, firstBins, offsets, weights }: MelFilters,
  powers: number,
  address: number,
): { readonly places: number[]; readonly weights: number[] } {
  const places: number[] = [];
  const laid: number[] = [];
  for (let band = 0; band < bands; band++) {
    const own = weights.subarray(offsets[band], offsets[band + 1]);
    laid.push(...(own.length === 0 ? [0] : own));
    places.push(powers + firstBins[band]! * pairBytes, address + 8 * laid.length);
  }
  return { places, weights: laid };
}
