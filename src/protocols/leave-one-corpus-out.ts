/**
 * `leave-one-corpus-out`: every clip of one corpus is the test; the others train, but for their `speaker-independent`
 * validation clips. It measures what is left where microphone, room, sentences and acting are new, too.
 *
 * What is judged holds the held-out corpus's test clips of `speaker-independent`: settings of `general` that are chosen by
 * it are chosen with test clips among others. None has been so far: they were chosen on validation clips.
 */
import type { Clip } from "../corpora/clip.js";
import { groupBy, type Part } from "./parts.js";
import { drawSpeakerIndependent } from "./speaker-independent.js";

/** The part of each clip when `heldOut` is the test corpus. */
export function drawLeaveOneCorpusOut(clips: readonly Clip[], heldOut: string): Map<string, Part> {
  const assignment = new Map<string, Part>();
  for (const [corpus, ofCorpus] of groupBy(clips, (clip) => clip.corpus)) {
    if (corpus === heldOut) {
      for (const clip of ofCorpus) assignment.set(clip.id, "test");
    } else if (new Set(ofCorpus.map((clip) => clip.speaker)).size === 1) {
      // One voice cannot be divided by voices: all of it trains.
      for (const clip of ofCorpus) assignment.set(clip.id, "train");
    } else {
      for (const [id, part] of drawSpeakerIndependent(ofCorpus)) {
        assignment.set(id, part === "validation" ? "validation" : "train");
      }
    }
  }
  return assignment;
}
