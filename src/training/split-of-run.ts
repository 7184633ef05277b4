import type { Settings } from "../core/settings.js";
import { loadCatalogueFor } from "../corpora/catalogue.js";
import type { Clip } from "../corpora/clip.js";
import type { Split } from "../protocols/split.js";
import { splitFor } from "../protocols/split-for.js";
import type { ResultSpec } from "./run-spec.js";
import { usualCorpora } from "./usual-corpora.js";

/**
 * The clips of a run's corpora and how its protocol divides them. A protocol of one corpus judges that one alone: what
 * else the run names is trained on. Throws LabError for absent corpora.
 */
export async function splitOfRun(
  { corpora, protocol, fold }: Pick<ResultSpec, "corpora" | "protocol" | "fold">,
  settings: Settings,
): Promise<{ clips: Clip[]; split: Split }> {
  const names = Object.keys(corpora);
  const clips = await loadCatalogueFor(settings, names);
  const own = usualCorpora(protocol);
  const alsoTrainOn = names.filter((name) => own.length === 1 && !own.includes(name));
  return { clips, split: await splitFor(protocol, fold, clips, settings, { alsoTrainOn }) };
}
