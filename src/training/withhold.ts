import { LabError } from "../core/errors.js";
import { createRandom } from "../core/random.js";
import type { Clip } from "../corpora/clip.js";
import { groupBy, inOrder, splitSeed } from "../protocols/parts.js";
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
  const units = [...groupBy(inOrder(clips), (clip) => clip.checksum).values()];
  const strata = new Map<string, (readonly Clip[])[]>();
  for (const unit of units) {
    const { corpus, emotion } = unit[0]!;
    strata.set(`${corpus}/${emotion}`, [...(strata.get(`${corpus}/${emotion}`) ?? []), unit]);
  }
  const withheld = new Set<string>();
  let dealt = 0; // on from stratum to stratum, so that remainders do not all fall to the first group
  for (const [key, stratum] of strata) {
    createRandom(splitSeed).fork(`withheld/${key}`).shuffle(stratum);
    for (const unit of stratum) {
      if (dealt % groups === group - 1) for (const { id } of unit) withheld.add(id);
      dealt++;
    }
  }
  return withheld;
}
