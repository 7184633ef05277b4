import { canonicalJson } from "../core/hash.js";
import type { Settings } from "../core/settings.js";
import { AbsentCorpusError } from "../corpora/absent-corpus-error.js";
import { loadCatalogue, loadCatalogueFor } from "../corpora/catalogue.js";
import { dataChecksums } from "../corpora/checksums.js";
import type { Clip } from "../corpora/clip.js";
import type { ModelCard } from "../inference/model-card.js";
import { type ProtocolName, protocolNames } from "../protocols/split.js";
import { splitFor } from "../protocols/split-for.js";

/** The clips that an exported model is checked on. */
export interface JudgingClips {
  /** The test clips that the card's figures are of, or synthetic speech, which can be compared but not judged. */
  readonly source: "test" | "sample";
  readonly clips: readonly Clip[];
}

/** The test part of the model's protocol where the store has the clips that it was judged on, else the synthetic sample. */
export async function judgingClips(card: ModelCard, settings: Settings): Promise<JudgingClips> {
  const test = await testClips(card, { ...settings, profile: "full" });
  if (test !== null) return { source: "test", clips: test };
  return { source: "sample", clips: await loadCatalogueFor({ ...settings, profile: "sample" }) };
}

async function testClips({ data, protocol }: ModelCard, settings: Settings): Promise<Clip[] | null> {
  if (!(protocolNames as readonly string[]).includes(protocol)) return null;
  try {
    const clips = await loadCatalogue(Object.keys(data.corpora), settings);
    if (canonicalJson(dataChecksums(clips)) !== canonicalJson(data.corpora)) return null;
    const split = await splitFor(protocol as ProtocolName, null, clips, settings);
    const test = new Set(split.test);
    return clips.filter((clip) => test.has(clip.id));
  } catch (error) {
    if (error instanceof AbsentCorpusError) return null;
    throw error;
  }
}
