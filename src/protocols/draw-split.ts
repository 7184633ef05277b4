import { LabError } from "../core/errors.js";
import type { Clip } from "../corpora/clip.js";
import { corpusNames } from "../corpora/registry.js";
import { drawCombined } from "./combined.js";
import { drawEmoboxRavdess, emoboxFolds } from "./emobox-ravdess.js";
import { drawEvar } from "./evar.js";
import { drawLeaveOneCorpusOut } from "./leave-one-corpus-out.js";
import { type Assignment, keepEqualClipsTogether, type Part, parts } from "./parts.js";
import { drawSpeakerIndependent } from "./speaker-independent.js";
import type { ProtocolName, Split } from "./split.js";

/** What may be added to a protocol's own rule; whoever uses it says so beside the result. */
export interface SplitOptions {
  /** Corpora whose clips join the training of a protocol on one corpus (`evar`, `emobox-ravdess`); none by default. */
  readonly alsoTrainOn?: readonly string[];
}

/**
 * The names of a protocol's folds, in order; empty for a protocol without folds. `corpora` are those at hand, of which
 * leave-one-corpus-out holds out each in turn.
 */
export function folds(protocol: ProtocolName, corpora: readonly string[] = corpusNames): readonly string[] {
  if (protocol === "emobox-ravdess") return emoboxFolds;
  return protocol === "leave-one-corpus-out" ? corpora : [];
}

/**
 * Divides clips by a protocol's rule: a pure function of the clips (ids, labels, speakers and checksums), with the split
 * seed 42. Clips that the protocol does not use (another corpus) belong to no part. Byte-equal clips are on one side.
 * Throws LabError for a fold that the protocol does not have, and when a part would be empty.
 */
export function drawSplit(
  protocol: ProtocolName,
  clips: readonly Clip[],
  fold: string | null = null,
  options: SplitOptions = {},
): Split {
  const present = [...new Set(clips.map((clip) => clip.corpus))];
  checkFold(protocol, fold, present);
  const drawn = drawRule(protocol, clips, fold);
  const all = addTraining(protocol, clips, drawn, options);
  return splitOf(protocol, fold, keepEqualClipsTogether(clips, all));
}

/** The protocol's own rule, before byte-equal clips are looked at. */
export function drawRule(
  protocol: ProtocolName,
  clips: readonly Clip[],
  fold: string | null,
): Map<string, Part> {
  switch (protocol) {
    case "combined":
      return drawCombined(clips);
    case "speaker-independent":
      return drawSpeakerIndependent(clips);
    case "evar":
      return drawEvar(clips);
    case "emobox-ravdess":
      return drawEmoboxRavdess(clips, fold as string);
    case "leave-one-corpus-out":
      return drawLeaveOneCorpusOut(clips, fold as string);
  }
}

/** Throws LabError unless the protocol has that fold: null exactly for a protocol without folds. */
export function checkFold(protocol: ProtocolName, fold: string | null, corpora: readonly string[]): void {
  const names = folds(protocol, corpora);
  if (fold === null ? names.length > 0 : !names.includes(fold)) {
    throw new LabError(
      fold === null
        ? `The protocol ${protocol} needs a fold.`
        : `The protocol ${protocol} has no fold "${fold}".`,
      names.length > 0 ? `Its folds are ${names.join(", ")}.` : "It has no folds: leave the fold out.",
    );
  }
}

/** Adds the clips of `options.alsoTrainOn` to the training. Throws LabError where the protocol has no such choice. */
export function addTraining(
  protocol: ProtocolName,
  clips: readonly Clip[],
  assignment: Assignment,
  options: SplitOptions,
): Map<string, Part> {
  const more = options.alsoTrainOn ?? [];
  if (more.length > 0 && protocol !== "evar" && protocol !== "emobox-ravdess") {
    throw new LabError(
      `The protocol ${protocol} divides every corpus itself: alsoTrainOn has no place there.`,
      "Leave it out, or use evar or emobox-ravdess.",
    );
  }
  const result = new Map(assignment);
  const added = clips.filter((clip) => more.includes(clip.corpus) && !assignment.has(clip.id));
  for (const clip of added) result.set(clip.id, "train");
  return result;
}

/** A split from an assignment, each part sorted by clip id. Throws LabError naming a part that is empty. */
export function splitOf(protocol: ProtocolName, fold: string | null, assignment: Assignment): Split {
  const ids: Record<Part, string[]> = { train: [], validation: [], test: [] };
  for (const [id, part] of assignment) ids[part].push(id);
  for (const part of parts) {
    if (ids[part].length === 0) {
      throw new LabError(
        `The protocol ${protocol}${fold === null ? "" : `, fold ${fold},`} leaves the ${part} part empty.`,
        "It needs clips of more speakers or corpora than are at hand.",
      );
    }
    ids[part].sort();
  }
  return { protocol, fold, ...ids };
}
