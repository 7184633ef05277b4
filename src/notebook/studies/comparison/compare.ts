import type { Settings } from "../../../core/settings.js";
import { listPublished } from "../../../training/published.js";
import { compareAblations } from "./compare-ablations.js";
import { compareVoices } from "./compare-voices.js";
import type { Comparison } from "./comparison.js";
import { rankRows } from "./rank-rows.js";
import { rankedFigures } from "./ranked-figure.js";
import { oursBeside, readReferences } from "./references.js";
import { studyRows } from "./study-rows.js";

/**
 * Compares what results/ holds: every row on both protocols with intervals and paired significance against the best,
 * voices that are known and new, groups, calibration, selective prediction, ablations, and figures published elsewhere. A
 * pure function of results/ and data/references.json.
 */
export async function compareRows(settings: Settings): Promise<Comparison> {
  const published = await listPublished(settings);
  const references = await readReferences(settings);
  return {
    format: 1,
    figures: rankedFigures,
    rows: await rankRows(settings),
    studies: await studyRows(published, settings),
    voices: await compareVoices(published, settings),
    ablations: await compareAblations(settings),
    listeners: references.listeners,
    references: await Promise.all(
      references.figures.map(async (reference) => ({
        ...reference,
        ours: await oursBeside(reference, published, settings),
      })),
    ),
  };
}
