import { percent, percentIntervals, percentRange, percentSign } from "../../../core/percent.js";
import type { Settings } from "../../../core/settings.js";
import type { Prediction } from "../../../evaluation/prediction.js";
import type { Figure, GroupMetrics } from "../../../evaluation/report.js";
import { comparePaired } from "../../../evaluation/significance.js";
import { listPublished, readPublishedPart } from "../../../training/published.js";
import { showMarkdown } from "../../display.js";
import type { RunPair } from "./runs.js";

/** `63.0% (95% interval 60.6 to 65.2)` */
function figureText({ value, clip }: Figure): string {
  return `${percentSign(value)} (95% interval ${percentRange(clip)})`;
}

/**
 * The closing sentences of an architecture's notebook: the same metric on known and new voices, with clips, seed and
 * profile, and the paired difference on new voices to the published row `against`, which answers the notebook's question.
 */
export async function showTakeaway(
  { newVoices, combined }: RunPair,
  settings: Settings,
  against: string,
): Promise<void> {
  const [known, fresh] = [combined.metrics.test, newVoices.metrics.test];
  // CREMA-D is the corpus with many voices on both sides; own recordings have no such part.
  const name = "crema-d" in fresh && "crema-d" in known ? "crema-d" : "all";
  const clips = ({ n }: GroupMetrics): string => (name === "all" ? `${n} clips` : `CREMA-D's ${n} clips`);
  const [own, other] = [known[name]!, fresh[name]!];
  showMarkdown(
    `${newVoices.metrics.parameters.toLocaleString("en")} weights reach a UAR of ${figureText(other.uar)} on ${clips(other)} of ` +
      `new voices (speaker-independent), which is what to expect, and of ${figureText(own.uar)} on ${clips(own)} of voices ` +
      `that are in training (combined); the accuracy on all ${known.all.n} clips of the latter, the kind of figure that ` +
      `papers like to quote, is ${figureText(known.all.accuracy)}. Seed ${newVoices.spec.seed}, profile ${newVoices.spec.profile}.`,
  );
  const ofCorpus = newVoices.test.filter(({ corpus }) => name === "all" || corpus === name);
  showMarkdown(await differenceText(ofCorpus, against, settings));
}

/** This run less the published row, on the same clips; where those are others (shorter profiles), that. */
async function differenceText(
  own: readonly Prediction[],
  against: string,
  settings: Settings,
): Promise<string> {
  const published = await listPublished(settings);
  const place = `speaker-independent/${against}/seed-0`;
  const result = published.find((one) => one.place === place);
  if (result === undefined)
    return `\`${against}\` is not published, so there is nothing to hold this against.`;
  const asked = new Set(own.map(({ clip }) => clip));
  const theirs = (await readPublishedPart(place, "test", settings)).filter(({ clip }) => asked.has(clip));
  if (theirs.length !== own.length)
    return `The published \`${against}\` was judged on other clips than this profile's: no difference can be told.`;
  const difference = comparePaired(theirs, own).uar;
  return (
    `Less the UAR of \`${against}\` (${result.metrics.parameters.toLocaleString("en")} weights) on the same clips of new ` +
    `voices: ${percent(difference.value)} points (${percentIntervals(difference)}).`
  );
}
