import type { Settings } from "../core/settings.js";
import { loadCatalogueFor } from "../corpora/catalogue.js";
import type { Clip } from "../corpora/clip.js";
import type { Split } from "../protocols/split.js";
import { splitFor } from "../protocols/split-for.js";
import type { ResultSpec, RunSpec } from "./run-spec.js";
import { usualCorpora } from "./usual-corpora.js";
import { withheldClips } from "./withhold.js";

/**
 * The clips of a run's corpora and how its protocol divides them. A protocol of one corpus judges that one alone: what
 * else the run names is trained on. What a teacher withholds is no longer in `train`, but listed beside. Throws LabError
 * for absent corpora.
 */
export async function splitOfRun(
  {
    corpora,
    protocol,
    fold,
    withheld,
  }: Pick<ResultSpec, "corpora" | "protocol" | "fold"> & Pick<RunSpec, "withheld">,
  settings: Settings,
): Promise<{ clips: Clip[]; split: Split; withheld: readonly string[] }> {
  const names = Object.keys(corpora);
  const clips = await loadCatalogueFor(settings, names);
  const own = usualCorpora(protocol);
  const alsoTrainOn = names.filter((name) => own.length === 1 && !own.includes(name));
  const split = await splitFor(protocol, fold, clips, settings, { alsoTrainOn });
  if (withheld === undefined) return { clips, split, withheld: [] };
  const inTraining = new Set(split.train);
  const left = withheldClips(
    clips.filter(({ id }) => inTraining.has(id)),
    withheld,
  );
  const train = split.train.filter((id) => !left.has(id));
  return { clips, split: { ...split, train }, withheld: split.train.filter((id) => left.has(id)) };
}
