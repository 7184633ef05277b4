import type { Settings } from "../../../core/settings.js";
import { comparePaired } from "../../../evaluation/significance.js";
import { ablations, commandForAblation, publishedAblation } from "../../../training/ablations.js";
import { readPublishedPart } from "../../../training/published.js";
import type { ComparedAblation } from "./comparison.js";
import { rankedClips } from "./ranked-figure.js";

/** What each ablation that is published changes, by pairs of answers to the same clips. */
export async function compareAblations(settings: Settings): Promise<ComparedAblation[]> {
  return await Promise.all(
    ablations.map(async (ablation): Promise<ComparedAblation> => {
      const { of, question } = ablation;
      const { own, row } = await publishedAblation(ablation, settings);
      if (own === undefined || row === undefined)
        return { of, question, difference: null, command: commandForAblation(ablation) };
      const [with_, without] = await Promise.all(
        [own, row].map(async ({ place }) =>
          rankedClips("speaker-independent", await readPublishedPart(place, "test", settings)),
        ),
      );
      return { of, question, difference: comparePaired(without!, with_!).uar, command: null };
    }),
  );
}
