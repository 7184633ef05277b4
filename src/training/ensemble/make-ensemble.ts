import { LabError } from "../../core/errors.js";
import { fitTemperature } from "../../evaluation/calibration.js";
import {
  applyEnsemble,
  compareMethods,
  type Ensemble,
  type EnsembleMethod,
  fitEnsemble,
  type MethodFigures,
  simplestMethod,
} from "../../evaluation/ensemble.js";
import type { Prediction } from "../../evaluation/prediction.js";
import { evaluatePredictions } from "../../evaluation/report.js";
import { dataChecksumOf, type Source } from "../run-data.js";
import type { ResultMetrics } from "../run-metrics.js";
import { type ResultSpec, runHash } from "../run-spec.js";
import { clipsHash, type EnsembleCandidate, refuseOtherClips, refuseUnequal } from "./candidates.js";

/** Everything that decides an ensemble: which results it could choose from, and how. */
export interface EnsembleSpec extends ResultSpec {
  readonly model: "ensemble";
  /** The specifications of the candidates, by name. */
  readonly candidates: Readonly<Record<string, string>>;
}

/** What validation predictions decide: the method, the members, their weights. No test prediction has been read. */
export interface ChosenEnsemble {
  readonly spec: EnsembleSpec;
  readonly ensemble: Ensemble;
  /** What each method reaches on speakers it was not fitted on, best first; empty where the method was given. */
  readonly methods: readonly MethodFigures[];
  readonly candidates: readonly EnsembleCandidate[];
}

/** An ensemble with its predictions and figures. */
export interface JudgedEnsemble extends ChosenEnsemble {
  readonly metrics: ResultMetrics<EnsembleSpec>;
  readonly validation: readonly Prediction[];
  readonly test: readonly Prediction[];
  /** Of the judged clips with their labels. */
  readonly clips: { readonly validation: string; readonly test: string };
  /** Divides the logits for a calibrated confidence; fitted on validation. */
  readonly temperature: number;
}

/**
 * What would decide the ensemble of these candidates. `method` null leaves the choice to validation. Throws LabError for
 * fewer than two candidates and as `refuseUnequal` does.
 */
export function ensembleSpec(
  candidates: readonly EnsembleCandidate[],
  method: EnsembleMethod | null,
): EnsembleSpec {
  if (candidates.length < 2) {
    throw new LabError(
      `There ${candidates.length === 1 ? `is one candidate (${candidates[0]!.name})` : "are no candidates"} for an ensemble.`,
      "Publish two or more rows on the protocol first: `affectlab publish`.",
    );
  }
  refuseUnequal(candidates);
  const { version, profile, protocol, fold } = candidates[0]!.metrics.spec;
  const corpora = Object.fromEntries(
    candidates
      .flatMap(({ metrics }) => Object.entries(metrics.spec.corpora))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  return {
    version,
    profile,
    model: "ensemble",
    options: { method },
    candidates: Object.fromEntries(candidates.map(({ name, metrics }) => [name, metrics.specHash])),
    corpora,
    protocol,
    fold,
    seed: 0,
  };
}

/**
 * Chooses method, members and weights on validation predictions alone; methods are compared where the choice is validation's.
 * Throws as `ensembleSpec` does, and where a choice is asked for and fewer than two speakers validate.
 */
export function chooseEnsemble(
  candidates: readonly EnsembleCandidate[],
  method: EnsembleMethod | null = null,
): ChosenEnsemble {
  const spec = ensembleSpec(candidates, method);
  const methods = method === null ? compareMethods(candidates) : [];
  const ensemble = fitEnsemble(method ?? simplestMethod(methods), candidates);
  return { spec, ensemble, methods, candidates };
}

/** Reads the members' test predictions and judges the ensemble. Throws LabError when members judge different test clips. */
export async function judgeEnsemble(chosen: ChosenEnsemble): Promise<JudgedEnsemble> {
  const { spec, ensemble, candidates } = chosen;
  const members = ensemble.members.map(({ name }) => candidates.find((one) => one.name === name)!);
  const tests = await Promise.all(members.map((member) => member.readTest()));
  for (const [i, member] of members.entries())
    refuseOtherClips(members[0]!, tests[0]!, member, tests[i]!, "test");
  const test = applyEnsemble(ensemble, new Map(members.map(({ name }, i) => [name, tests[i]!])));
  const validation = applyEnsemble(
    ensemble,
    new Map(members.map((member) => [member.name, member.validation])),
  );
  const sumOf = (of: (metrics: ResultMetrics) => number): number =>
    members.reduce((sum, { metrics }) => sum + of(metrics), 0);
  const [first] = members;
  return {
    ...chosen,
    validation,
    test,
    clips: { validation: clipsHash(validation), test: clipsHash(test) },
    temperature: fitTemperature(validation),
    metrics: {
      spec,
      specHash: runHash(spec),
      dataChecksum: dataChecksumOf(spec),
      source: sourceOfMembers(members),
      test: evaluatePredictions(test),
      validation: evaluatePredictions(validation),
      parameters: sumOf(({ parameters }) => parameters) + numbersOf(ensemble),
      epochs: 0,
      bestEpoch: 0,
      seconds: sumOf(({ seconds }) => seconds),
      device: [...new Set(members.map(({ metrics }) => metrics.device))].join("; "),
      precision: members.every(({ metrics }) => metrics.precision === "float32") ? "float32" : "bf16",
      versions: first!.metrics.versions,
    },
  };
}

/** Numbers that were fitted for the ensemble itself. */
function numbersOf({ method, members, stacking }: Ensemble): number {
  if (method === "average") return 0;
  if (stacking === undefined) return members.length;
  return stacking.weights.length * 8 + stacking.bias.length;
}

/** The least certain source among the members'. */
function sourceOfMembers(members: readonly EnsembleCandidate[]): Source {
  const order: readonly Source[] = ["sample", "opus-copy", "own", "original"];
  return order.find((source) => members.some(({ metrics }) => metrics.source === source)) ?? "own";
}
