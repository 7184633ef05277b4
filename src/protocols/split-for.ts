import { LabError } from "../core/errors.js";
import type { Settings } from "../core/settings.js";
import type { Clip } from "../corpora/clip.js";
import { addTraining, checkFold, drawRule, drawSplit, type SplitOptions, splitOf } from "./draw-split.js";
import { keepEqualClipsTogether, type Part, parts } from "./parts.js";
import type { ProtocolName, Split } from "./split.js";
import { readSplit, splitPath } from "./split-file.js";

/**
 * The split that a run uses. On recordings of the published corpora it is the committed one, of which the clips at hand
 * are kept; on synthetic speech (the `sample` profile) it is drawn afresh by the same rule, and so is the part of a
 * corpus that the committed file does not list (one's own, or a newly added one) in every profile. Throws LabError when a clip of a published corpus is missing from the committed file,
 * when there is no such fold, and when a part would be empty.
 */
export async function splitFor(
  protocol: ProtocolName,
  fold: string | null,
  clips: readonly Clip[],
  settings: Settings,
  options: SplitOptions = {},
): Promise<Split> {
  if (settings.profile === "sample") return drawSplit(protocol, clips, fold, options);
  const listed = await listedCorpora(protocol, settings);
  const own = clips.filter((clip) => !listed.has(clip.corpus));
  if (own.some((clip) => clip.corpus === fold)) return drawSplit(protocol, clips, fold, options);
  checkFold(protocol, fold, [...new Set(clips.map((clip) => clip.corpus))]);
  const published = clips.filter((clip) => listed.has(clip.corpus));
  const committed = await committedParts(protocol, fold, published, settings);
  for (const [id, part] of ownParts(protocol, fold, own)) committed.set(id, part);
  const all = addTraining(protocol, clips, committed, options);
  return splitOf(protocol, fold, keepEqualClipsTogether(clips, all));
}

/** The corpora that a protocol's committed file divides; all others are divided afresh. */
async function listedCorpora(protocol: ProtocolName, settings: Settings): Promise<ReadonlySet<string>> {
  const splits = await readSplit(protocol, settings.root);
  const ids = splits.flatMap((split) => parts.flatMap((part) => split[part]));
  return new Set(ids.map((id) => id.slice(0, id.indexOf("/"))));
}

/** The committed part of each clip at hand. Throws LabError for a clip that the file should list and does not. */
async function committedParts(
  protocol: ProtocolName,
  fold: string | null,
  clips: readonly Clip[],
  settings: Settings,
): Promise<Map<string, Part>> {
  const path = splitPath(protocol, settings.root);
  const split = (await readSplit(protocol, settings.root)).find((candidate) => candidate.fold === fold);
  if (split === undefined)
    throw new LabError(`${path} has no fold "${fold}".`, "Restore it from version control.");
  const listed = new Map(parts.flatMap((part) => split[part].map((id) => [id, part] as const)));
  const found = new Map<string, Part>();
  const unlisted: string[] = [];
  for (const { id } of clips) {
    const part = listed.get(id);
    if (part !== undefined) found.set(id, part);
    else unlisted.push(id);
  }
  if (unlisted.length > 0) {
    throw new LabError(
      `${path} does not list ${unlisted.length} of the clips at hand, such as ${unlisted[0]}.`,
      "Restore the file from version control; it is drawn once and holds every clip of the published corpora.",
    );
  }
  return found;
}

/** The parts of one's own recordings, drawn by the protocol's rule; none for a protocol on one published corpus. */
function ownParts(protocol: ProtocolName, fold: string | null, own: readonly Clip[]): Map<string, Part> {
  return own.length === 0 || protocol === "evar" || protocol === "emobox-ravdess"
    ? new Map()
    : drawRule(protocol, own, fold);
}
