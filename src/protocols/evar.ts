/**
 * `evar`: CREMA-D by actor, the lists of EVAR (Niizumi et al., github.com/nttcslab/eval-audio-repr; the benchmark of
 * BYOL-A and M2D). Its published files hold 5,155 / 732 / 1,551 clips; here, without the seven excluded files, 5,153 /
 * 732 / 1,550 remain of 5,158 / 732 / 1,552. No actor is on two sides. Test and validation actors are listed, the
 * other 63 train.
 */
import type { Clip } from "../corpora/clip.js";
import type { Part } from "./parts.js";

const listOf = (actors: string): ReadonlySet<string> =>
  new Set(actors.split(" ").map((actor) => `crema-d/${actor}`));

/** The 19 test speakers. */
export const evarTestSpeakers = listOf(
  "1001 1004 1017 1019 1020 1025 1026 1029 1033 1035 1042 1044 1050 1053 1056 1058 1060 1069 1083",
);

/** The 9 validation speakers. */
export const evarValidationSpeakers = listOf("1009 1011 1022 1034 1039 1047 1066 1070 1082");

/** The part of a CREMA-D speaker: `crema-d/1001` is in the test. */
export function evarPart(speaker: string): Part {
  if (evarTestSpeakers.has(speaker)) return "test";
  return evarValidationSpeakers.has(speaker) ? "validation" : "train";
}

/** The part of each CREMA-D clip; clips of other corpora belong to none. */
export function drawEvar(clips: readonly Clip[]): Map<string, Part> {
  return new Map(
    clips.filter((clip) => clip.corpus === "crema-d").map((clip) => [clip.id, evarPart(clip.speaker)]),
  );
}
