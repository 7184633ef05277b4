import type { Clip } from "../corpora/clip.js";
import type { Features } from "../features/feature-spec.js";

/** A clip as a network meets it: standardised features and the number of its emotion. */
export interface Example {
  readonly clip: Clip;
  readonly features: Features;
  /** The same clip with varied sounds, where training asks for copies (`variedCopies`). */
  readonly varied?: readonly Features[];
  /** 0 to 7, the place in `emotions`. */
  readonly label: number;
  /** What the teachers say, [emotions] summing to 1, where training has any (`distillation`). */
  readonly teacher?: Float32Array;
  /** What they say of each varied copy, which they hear with its own sound. */
  readonly variedTeachers?: readonly Float32Array[];
}
