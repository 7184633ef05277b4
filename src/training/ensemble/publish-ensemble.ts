import { join } from "node:path";
import { LabError } from "../../core/errors.js";
import { writeJson } from "../../core/files.js";
import type { Settings } from "../../core/settings.js";
import { emotions } from "../../corpora/emotions.js";
import type { Ensemble, MethodFigures } from "../../evaluation/ensemble.js";
import { termsOf } from "../card.js";
import { resultFolder } from "../publish.js";
import { readMetrics } from "../read-metrics.js";
import type { ResultMetrics } from "../run-metrics.js";
import { runHash } from "../run-spec.js";
import { writeResult } from "../write-result.js";
import type { EnsembleSpec, JudgedEnsemble } from "./make-ensemble.js";

/** card.json of a published ensemble: everything that is needed to make its answers from its members'. */
export interface EnsembleCard extends Ensemble {
  readonly format: 1;
  readonly name: string;
  /** The members' runs, by name. */
  readonly runs: Readonly<Record<string, string>>;
  readonly methods: readonly MethodFigures[];
  readonly temperature: number;
  readonly specHash: string;
}

/** The folder of a protocol's ensemble, for its fold. */
export function ensembleFolder(spec: EnsembleSpec, settings: Settings): string {
  return join(settings.root, "results", resultFolder(spec, "ensemble"));
}

/** What is published there: null for nothing. Throws LabError when it was decided by other things and `replace` is not set. */
export async function publishedEnsemble(
  spec: EnsembleSpec,
  settings: Settings,
  replace: boolean,
): Promise<ResultMetrics | null> {
  const folder = ensembleFolder(spec, settings);
  const there = await readMetrics(join(folder, "metrics.json"));
  if (there === null || replace) return null;
  if (there.specHash === runHash(spec)) return there;
  throw new LabError(
    `${folder} holds an ensemble of other candidates (${there.specHash}).`,
    "Give --replace to take its place.",
  );
}

/** Writes an ensemble to results/ in the form of every result, with a card of members and weights. Returns the folder. */
export async function publishEnsemble(judged: JudgedEnsemble, settings: Settings): Promise<string> {
  const { spec, metrics, validation, test } = judged;
  if (spec.profile !== "full") {
    throw new LabError(
      `The members are of the profile ${spec.profile}.`,
      "Only results of full are published.",
    );
  }
  const folder = ensembleFolder(spec, settings);
  await writeResult(folder, { metrics, test, validation, history: [] }, () =>
    writeJson(join(folder, "card.json"), ensembleCard(judged)),
  );
  return folder;
}

function ensembleCard({ spec, ensemble, methods, metrics, clips, temperature }: JudgedEnsemble) {
  return {
    format: 1,
    name: "ensemble",
    labels: emotions,
    ...ensemble,
    runs: Object.fromEntries(ensemble.members.map(({ name }) => [name, spec.candidates[name]!])),
    candidates: spec.candidates,
    methods,
    temperature: Number(temperature.toFixed(4)),
    protocol: spec.protocol,
    fold: spec.fold,
    specHash: metrics.specHash,
    data: { corpora: spec.corpora, source: metrics.source, clips },
    ...termsOf(Object.keys(spec.corpora)),
  };
}
