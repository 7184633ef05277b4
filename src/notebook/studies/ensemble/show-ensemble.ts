import { barsWithIntervals } from "../../../charts/intervals.js";
import { percent, percentIntervals } from "../../../core/percent.js";
import { disagreement } from "../../../evaluation/disagreement.js";
import type { Prediction } from "../../../evaluation/prediction.js";
import { selectiveAccuracy } from "../../../evaluation/selective.js";
import { comparePaired } from "../../../evaluation/significance.js";
import type { ChosenEnsemble, JudgedEnsemble } from "../../../training/ensemble/make-ensemble.js";
import { show, showMarkdown, showTable } from "../../display.js";
import { metricRows } from "../../metric-rows.js";

/** Who is in the ensemble, and how the methods compare on validation clips of speakers that they were not fitted on. */
export async function showChoice({ ensemble, methods, candidates }: ChosenEnsemble): Promise<void> {
  const weights = new Map(ensemble.members.map(({ name, weight }) => [name, weight]));
  await show(
    barsWithIntervals(
      candidates.map(({ name, metrics }) => ({
        name,
        value: metrics.validation.all.uar.value,
        interval: metrics.validation.all.uar.clip,
      })),
      { title: "Candidates on validation clips", nameTitle: "candidate", valueTitle: "UAR" },
    ),
  );
  showTable(
    candidates.map(({ name, metrics }) => ({
      candidate: name,
      "validation UAR": metrics.validation.all.uar.value,
      weight: weights.get(name) ?? "not a member",
    })),
    { percent: ["validation UAR"] },
  );
  showTable(
    methods.map(({ method, loss, standardError, accuracy, uar }) => ({
      method,
      loss,
      "standard error of its distance to the lowest loss": standardError,
      accuracy,
      UAR: uar,
    })),
    {
      caption:
        "Methods on validation, cross-validated by speaker; the simplest within one standard error of the lowest loss is taken",
      percent: ["accuracy", "UAR"],
    },
  );
}

/**
 * The ensemble on test clips: its figures, the gain over the member that was best on validation with paired intervals, and
 * whether disagreement between members tells which answers to doubt.
 */
export async function showJudgement({ metrics, test, ensemble, candidates }: JudgedEnsemble): Promise<void> {
  showTable(metricRows(metrics.test), { caption: `${metrics.spec.protocol}: test clips` });
  const members = candidates.filter(({ name }) => ensemble.members.some((member) => member.name === name));
  const best = members.reduce((a, b) =>
    b.metrics.validation.all.uar.value > a.metrics.validation.all.uar.value ? b : a,
  );
  const tests = await Promise.all(members.map((member) => member.readTest()));
  showGain(best.name, tests[members.indexOf(best)]!, test);
  if (members.length < 2) return;
  const doubt = disagreement(tests);
  const byClip = new Map(tests[0]!.map(({ clip }, i) => [clip, doubt[i]!]));
  const byConfidence = selectiveAccuracy(test);
  const byAgreement = selectiveAccuracy(
    test,
    test.map(({ clip }) => -byClip.get(clip)!),
  );
  const curves = { "by confidence": byConfidence, "by agreement of members": byAgreement };
  await show({
    title: "Answering only what members agree on",
    description: "Accuracy against the share of clips answered, by confidence and by agreement of members.",
    x: { title: "share of clips answered", kind: "number", format: "percent", domain: [0, 1] },
    y: { title: "accuracy", kind: "number", format: "percent" },
    series: Object.entries(curves).map(([name, curve]) => ({
      mark: "line" as const,
      name,
      x: curve.map(({ coverage }) => coverage),
      y: curve.map(({ accuracy }) => accuracy),
    })),
  });
  const above = byAgreement.filter(({ accuracy }, i) => accuracy > byConfidence[i]!.accuracy).length;
  showMarkdown(
    `Agreement picks clips that are answered better than those that confidence picks at ${above} of ${byConfidence.length} coverages.`,
  );
}

/** The gain over the member that was best on validation, paired, over all clips and on CREMA-D, where a corpus has many voices. */
function showGain(name: string, member: readonly Prediction[], ensemble: readonly Prediction[]): void {
  const groups = { "all clips": member, "CREMA-D's": member.filter(({ corpus }) => corpus === "crema-d") };
  const told = Object.entries(groups).flatMap(([group, own]) => {
    if (own.length === 0 || (group !== "all clips" && own.length === member.length)) return [];
    const clips = new Set(own.map(({ clip }) => clip));
    const gain = comparePaired(
      own,
      ensemble.filter(({ clip }) => clips.has(clip)),
    ).uar;
    return [`on ${group} ${percent(gain.value)} points of UAR (${percentIntervals(gain)})`];
  });
  showMarkdown(
    `Over the member that was best on validation (${name}) the ensemble gains ${told.join("; ")}.`,
  );
}
