import type { Settings } from "../../../core/settings.js";
import type { Prediction } from "../../../evaluation/prediction.js";
import { compareSharedVoices } from "../../../evaluation/shared-voices.js";
import { type PublishedResult, readPublishedPart } from "../../../training/published.js";
import { rows } from "../../../training/rows.js";
import { type ComparedVoices, type RankedProtocol, rankedProtocols } from "./comparison.js";
import { rankedClips } from "./ranked-figure.js";

/**
 * Every network and baseline that is published on both protocols, on the voices of CREMA-D that both of its runs are tested
 * on. Ensembles are left out: their members on the two protocols are others.
 */
export async function compareVoices(
  published: readonly PublishedResult[],
  settings: Settings,
): Promise<ComparedVoices[]> {
  const testOf = async (row: string, protocol: RankedProtocol): Promise<readonly Prediction[] | null> => {
    const result = published.find(({ place }) => place === `${protocol}/${row}/seed-0`);
    // Of `combined`, too, CREMA-D's clips alone: the other corpora's voices are not shared.
    return result === undefined
      ? null
      : rankedClips("speaker-independent", await readPublishedPart(result.place, "test", settings));
  };
  const compared: ComparedVoices[] = [];
  for (const { name } of rows.filter(({ kind }) => kind !== "ensemble")) {
    const [fresh, known] = await Promise.all(rankedProtocols.map((protocol) => testOf(name, protocol)));
    const voices = fresh && known ? compareSharedVoices(known, fresh) : null;
    if (voices !== null) compared.push({ row: name, ...voices });
  }
  return compared;
}
