/**
 * `speaker-independent`: what a new voice will get. No voice is on both sides of training and test; results are given
 * for each corpus. CREMA-D by the `evar` lists; RAVDESS trains on actors 1-14, validates on 15-18, tests on 19-24; TESS,
 * which has two voices, trains on OAF, a tenth of it for validation, and tests on YAF. Any other corpus by its speakers.
 */
import { LabError } from "../core/errors.js";
import { createRandom } from "../core/random.js";
import type { Clip } from "../corpora/clip.js";
import { evarPart } from "./evar.js";
import { drawStratified, groupBy, inOrder, type Part, splitSeed } from "./parts.js";

/** The part of each clip under the `speaker-independent` protocol. Throws LabError for a corpus with one speaker. */
export function drawSpeakerIndependent(clips: readonly Clip[]): Map<string, Part> {
  const assignment = new Map<string, Part>();
  for (const [corpus, ofCorpus] of groupBy(inOrder(clips), (clip) => clip.corpus)) {
    for (const [id, part] of drawCorpus(corpus, ofCorpus)) assignment.set(id, part);
  }
  return assignment;
}

function drawCorpus(corpus: string, clips: readonly Clip[]): Map<string, Part> {
  if (corpus === "crema-d") return bySpeaker(clips, evarPart);
  if (corpus === "ravdess") return bySpeaker(clips, ravdessPart);
  const speakers = [...new Set(clips.map((clip) => clip.speaker))];
  if (corpus === "tess") return withOneTestSpeaker(clips, "tess/YAF");
  createRandom(splitSeed).fork(`speaker-independent/${corpus}`).shuffle(speakers);
  if (speakers.length === 1) {
    throw new LabError(
      `The corpus ${corpus} has one speaker (${speakers[0]}): none is left for a speaker-independent test.`,
      "Add recordings of a second speaker, or use the protocol combined.",
    );
  }
  if (speakers.length === 2) return withOneTestSpeaker(clips, speakers[1] as string);
  return bySpeaker(clips, (speaker) => ownPart(speakers.indexOf(speaker), speakers.length));
}

function bySpeaker(clips: readonly Clip[], partOf: (speaker: string) => Part): Map<string, Part> {
  return new Map(clips.map((clip) => [clip.id, partOf(clip.speaker)]));
}

function ravdessPart(speaker: string): Part {
  const actor = Number(speaker.slice("ravdess/".length));
  return actor <= 14 ? "train" : actor <= 18 ? "validation" : "test";
}

/** A fifth of the speakers tests, a fifth validates, at least one each. */
function ownPart(index: number, speakers: number): Part {
  const each = Math.max(1, Math.round(speakers / 5));
  return index < each ? "test" : index < 2 * each ? "validation" : "train";
}

/** Two voices: one tests; the other trains but for a tenth of its clips, stratified by emotion, that validate. */
function withOneTestSpeaker(clips: readonly Clip[], testSpeaker: string): Map<string, Part> {
  const test = clips.filter((clip) => clip.speaker === testSpeaker);
  const others = clips.filter((clip) => clip.speaker !== testSpeaker);
  const assignment = drawStratified("speaker-independent", others, { train: 0.9, validation: 0.1 });
  for (const clip of test) assignment.set(clip.id, "test");
  return assignment;
}
