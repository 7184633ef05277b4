import type { BandWarp } from "./warp-bands.js";

/** Which frames of a clip are wanted, and how each is varied. */
export interface FrameVariation {
  /** The frames that the clip is stretched to. */
  readonly length: number;
  /** The first of these that is wanted, and how many. */
  readonly from: number;
  readonly count: number;
  readonly warp: BandWarp;
  /** Added to every number. */
  readonly shift: number;
}
