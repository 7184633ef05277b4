import { canonicalJson, sha256 } from "../core/hash.js";
import { alteredClips, hasPublisher } from "../corpora/checksums.js";
import type { Clip } from "../corpora/clip.js";
import type { RunSpec } from "./run-spec.js";

/** Where a run's sound comes from. */
export type Source = "original" | "opus-copy" | "sample" | "own";

/** One checksum over all corpora of a run. */
export function dataChecksumOf(spec: Pick<RunSpec, "corpora">): string {
  return sha256(canonicalJson(spec.corpora));
}

/**
 * Where the clips of a run come from. "opus-copy": clips of published corpora of which any differs from its publisher's
 * file ("sample" when they are the sample profile's synthetic speech), whatever else is among them. "own": recordings
 * that no publisher's list names. "original": the publishers' own files alone, bit for bit.
 */
export function sourceOf(spec: Pick<RunSpec, "profile">, clips: readonly Clip[]): Source {
  if (alteredClips(clips).length > 0) return spec.profile === "sample" ? "sample" : "opus-copy";
  return clips.every((clip) => hasPublisher(clip.corpus)) ? "original" : "own";
}
