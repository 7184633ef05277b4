import { canonicalJson, sha256 } from "../core/hash.js";
import { alteredClips } from "../corpora/checksums.js";
import type { Clip } from "../corpora/clip.js";
import { findCorpus } from "../corpora/registry.js";
import type { RunSpec } from "./run-spec.js";

/** Where a run's sound comes from. */
export type Source = "original" | "opus-copy" | "sample" | "own";

/** One checksum over all corpora of a run. */
export function dataChecksumOf(spec: Pick<RunSpec, "corpora">): string {
  return sha256(canonicalJson(spec.corpora));
}

/**
 * Where the clips of a run come from: "sample" is synthetic speech; "original" are the publishers' own files, bit
 * for bit; "opus-copy" are published clips of which any differs from the publisher's; "own" has other recordings.
 */
export function sourceOf(spec: RunSpec, clips: readonly Clip[]): Source {
  if (spec.profile === "sample") return "sample";
  if (clips.some((clip) => findCorpus(clip.corpus) === undefined)) return "own";
  return alteredClips(clips).length === 0 ? "original" : "opus-copy";
}
