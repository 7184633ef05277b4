import type { Features } from "./feature-spec.js";
import type { FrameVariation } from "./frame-variation.js";
import { writeStretchedFrame } from "./stretch-features.js";
import { writeWarpedFrame } from "./warp-bands.js";
import { varyFramesByVectors } from "./wasm/vary-by-vectors.js";

/**
 * Writes frames of a varied clip to `out[to]` on: stretched, its bands warped, shifted. Frame
 * by frame, so that what is read again is still in the cache; by WebAssembly's vectors where there are any, the same
 * numbers bit for bit as without.
 */
export function varyFrames(
  features: Features,
  variation: FrameVariation,
  out: Float32Array,
  to: number,
): void {
  if (varyFramesByVectors(features, variation, out, to)) return;
  varyFramesPlainly(features, variation, out, to);
}

/** The same in plain JavaScript. */
export function varyFramesPlainly(
  features: Features,
  { length, from, count, warp, shift }: FrameVariation,
  out: Float32Array,
  to: number,
): void {
  const { bands } = features;
  const frame = new Float32Array(bands);
  for (let i = 0; i < count; i++) {
    writeStretchedFrame(features, length, from + i, frame, 0);
    writeWarpedFrame(frame, warp, out, to + i * bands, shift);
  }
}
