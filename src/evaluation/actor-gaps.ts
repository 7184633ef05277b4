import { type CremaSpeaker, cremaSpeakers } from "../corpora/crema-d-speakers.js";
import { type GroupGap, groupGaps } from "./group-gaps.js";
import type { Prediction } from "./prediction.js";

/** The gaps between groups of CREMA-D's actors, by sex, race or what else is known of them; other clips are left out. */
export function actorGaps(
  predictions: readonly Prediction[],
  by: (actor: CremaSpeaker) => string,
): GroupGap[] {
  const actors = predictions.filter(({ speaker }) => actorOf(speaker) !== undefined);
  return groupGaps(actors, ({ speaker }) => by(actorOf(speaker)!));
}

function actorOf(speaker: string): CremaSpeaker | undefined {
  const [corpus, number] = speaker.split("/") as [string, string];
  return corpus === "crema-d" ? cremaSpeakers[number] : undefined;
}
