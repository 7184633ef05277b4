import { percentRange, percentSign } from "../../../core/percent.js";
import type { Figure, GroupMetrics } from "../../../evaluation/report.js";
import { showMarkdown } from "../../display.js";
import type { RunPair } from "./runs.js";

/** `63.0% (95% interval 60.6 to 65.2)` */
function figureText({ value, clip }: Figure): string {
  return `${percentSign(value)} (95% interval ${percentRange(clip)})`;
}

/** The closing sentences of an architecture's notebook: the same metric on known and new voices, with clips, seed and profile. */
export function showTakeaway({ newVoices, combined }: RunPair): void {
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
}
