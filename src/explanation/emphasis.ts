/** Weights of the blur along each axis: a triangle over five cells, about what the network's stem takes together. */
const blur = [1, 2, 3, 2, 1].map((weight) => weight / 9);

/** The share of cells that may be brighter than full: a few extreme values would else hide all others. */
const clippedShare = 0.02;

/**
 * Attributions as a picture's emphasis, 0 to 1: what speaks against the class is left out, the rest is blurred over
 * neighbouring frames and bands, and scaled so that the strongest 2% of cells are at 1. `attribution`: [frames × bands].
 */
export function emphasise(attribution: Float32Array, frames: number, bands: number): Float32Array {
  const positive = attribution.map((value) => Math.max(0, value));
  const smooth = blurAlong(blurAlong(positive, frames, bands, bands), bands, frames, 1);
  const full = [...smooth].sort((a, b) => a - b)[Math.floor((1 - clippedShare) * (smooth.length - 1))] || 1;
  return smooth.map((value) => Math.min(1, value / full));
}

/** Blurs along the axis of `length` cells that lie `stride` numbers apart; `others` is the other axis' length. */
function blurAlong(values: Float32Array, length: number, others: number, stride: number): Float32Array {
  const otherStride = stride === 1 ? length : 1;
  const reach = (blur.length - 1) / 2;
  const out = new Float32Array(values.length);
  for (let other = 0; other < others; other++) {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (const [k, weight] of blur.entries()) {
        const at = i + k - reach;
        if (at >= 0 && at < length) sum += weight * values[other * otherStride + at * stride]!;
      }
      out[other * otherStride + i * stride] = sum;
    }
  }
  return out;
}
