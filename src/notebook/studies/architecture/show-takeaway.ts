import { percentRange, percentSign } from "../../../core/percent.js";
import type { Figure } from "../../../evaluation/report.js";
import { showMarkdown } from "../../display.js";
import type { RunPair } from "./runs.js";

/** `63.0% (95% interval 60.6 to 65.2)` */
function figureText({ value, clip }: Figure): string {
  return `${percentSign(value)} (95% interval ${percentRange(clip)})`;
}

/** The closing sentence of an architecture's notebook: its figures on both protocols, with clips, seed and profile. */
export function showTakeaway({ newVoices, combined }: RunPair): void {
  const known = combined.metrics.test.all;
  // CREMA-D is the corpus with many new voices; own recordings have no such part.
  const name = "crema-d" in newVoices.metrics.test ? "crema-d" : "all";
  const fresh = newVoices.metrics.test[name]!;
  const clips = name === "all" ? `${fresh.n} clips` : `CREMA-D's ${fresh.n} clips`;
  showMarkdown(
    `${newVoices.metrics.parameters.toLocaleString("en")} weights reach an accuracy of ${figureText(known.accuracy)} on ` +
      `${known.n} clips of voices that are in training (combined), and a UAR of ${figureText(fresh.uar)} on ${clips} of new ` +
      `voices (speaker-independent); seed ${newVoices.spec.seed}, profile ${newVoices.spec.profile}. The first number is the ` +
      `one that papers like to quote; the second is what to expect.`,
  );
}
