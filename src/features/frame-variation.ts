import type { BandWarp } from "./warp-bands.js";

/** How each frame of a clip is varied. */
export interface FrameVariation {
  /** The frames that the clip is stretched to. */
  readonly length: number;
  readonly warp: BandWarp;
  /** Added to every number. */
  readonly shift: number;
}
