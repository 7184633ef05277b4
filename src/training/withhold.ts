import { LabError } from "../core/errors.js";
import type { Clip } from "../corpora/clip.js";
import { shuffledStrata } from "../protocols/parts.js";
import type { Withheld } from "./run-spec.js";

/**
 * The training clips of one of several groups of about equal size, stratified by corpus and emotion: what a run is not
 * trained on, so that it can be asked about them as somebody who was never told the answer. Every clip is in one group;
 * byte-equal clips are in the same one. Drawn by the splits' seed: the same clips give the same groups. Throws LabError
 * for groups that there cannot be.
 */
export function withheldClips(clips: readonly Clip[], { group, groups }: Withheld): Set<string> {
  if (
    !(Number.isInteger(groups) && groups >= 2 && Number.isInteger(group) && group >= 1 && group <= groups)
  ) {
    throw new LabError(`Group ${group} of ${groups} cannot be withheld.`, "Use 2 groups or more, from 1 on.");
  }
  // Dealt on from stratum to stratum, so that remainders do not all fall to the first group.
  const dealt = shuffledStrata("withheld", clips).flat();
  const withheld = dealt.filter((_, i) => i % groups === group - 1);
  return new Set(withheld.flat().map(({ id }) => id));
}
