import { LabError } from "../core/errors.js";
import { applyTemperature, fitTemperature, negativeLogLikelihood } from "./calibration.js";
import { type Candidate, type ChosenMember, chooseMembers } from "./choose-members.js";
import { alignMembers, combinePredictions } from "./combine.js";
import { fitEnsembleWeights } from "./ensemble-weights.js";
import { errorOfLossDistance } from "./loss-distance.js";
import { scorePredictions } from "./metrics.js";
import type { Prediction } from "./prediction.js";
import { speakerFolds } from "./speaker-folds.js";
import { applyStacking, fitStacking, type Stacking } from "./stacking.js";

/**
 * How chosen members' answers become one. "average": their mean. "counted": weighted by how often each was drawn. "fitted":
 * by the weights that make validation labels most likely. "stacking": by a logistic regression on their log-probabilities.
 */
export const ensembleMethods = ["average", "counted", "fitted", "stacking"] as const;
export type EnsembleMethod = (typeof ensembleMethods)[number];

/** An ensemble as it is kept: who is in it, and how the answers become one. */
export interface Ensemble {
  readonly method: EnsembleMethod;
  /** In the order in which they were drawn; weights sum to 1. With stacking the weights are not used, `stacking` is. */
  readonly members: readonly { readonly name: string; readonly weight: number }[];
  readonly stacking?: Stacking & { readonly penalty: number };
}

/** What a method reaches on validation clips whose speakers it was not fitted on. */
export interface MethodFigures {
  readonly method: EnsembleMethod;
  /** Mean negative log-likelihood after a temperature fitted on the other speakers, nats: what methods are chosen by. */
  readonly loss: number;
  /** Of the distance of its loss from the best method's, over speakers; 0 for the best. */
  readonly standardError: number;
  readonly accuracy: number;
  readonly uar: number;
}

const penalties = [0.003, 0.01, 0.03, 0.1, 0.3];

/** Chooses members and fits the method's weights, on validation predictions alone. Throws as `alignMembers` does. */
export function fitEnsemble(
  method: EnsembleMethod,
  candidates: readonly Candidate[],
  chosen: readonly ChosenMember[] = chooseMembers(candidates),
): Ensemble {
  if (chosen.length === 0) throw new LabError("There are no members to combine.", "Give at least one.");
  const names = chosen.map(({ name }) => name);
  const members = alignMembers(validationOf(candidates, names));
  const draws = chosen.reduce((sum, { count }) => sum + count, 0);
  const weigh = (weights: readonly number[]) => names.map((name, i) => ({ name, weight: weights[i]! }));
  const equal = weigh(names.map(() => 1 / names.length));
  switch (method) {
    case "average":
      return { method, members: equal };
    case "counted":
      return { method, members: weigh(chosen.map(({ count }) => count / draws)) };
    case "fitted":
      return { method, members: weigh(fitEnsembleWeights(members)) };
    case "stacking": {
      const penalty = bestPenalty(members);
      return { method, members: equal, stacking: { penalty, ...fitStacking(members, penalty) } };
    }
  }
}

/** The ensemble's predictions from its members', by name. Throws LabError when a member's are not among them. */
export function applyEnsemble(
  { members, stacking }: Ensemble,
  predictions: ReadonlyMap<string, readonly Prediction[]>,
): Prediction[] {
  const own = members.map(({ name }) => {
    const found = predictions.get(name);
    if (found === undefined) throw new LabError(`The member ${name} has no predictions.`, "Publish its run.");
    return found;
  });
  if (stacking !== undefined) return applyStacking(stacking, own);
  return combinePredictions(
    own,
    members.map(({ weight }) => weight),
  );
}

/**
 * What each method reaches on validation clips, cross-validated by speaker: members are chosen and weights fitted on some
 * speakers and judged on the others, so that a method with more to fit has no advantage. Best first.
 */
export function compareMethods(candidates: readonly Candidate[]): MethodFigures[] {
  const aligned = alignMembers(candidates.map(({ validation }) => validation));
  const fold = speakerFolds(aligned[0]!);
  const parts = [...new Set(fold)].map((k) => {
    const part = (isHeld: boolean): Candidate[] =>
      candidates.map(({ name }, i) => ({
        name,
        validation: aligned[i]!.filter((_, clip) => (fold[clip] === k) === isHeld),
      }));
    const others = part(false);
    return { others, held: part(true), chosen: chooseMembers(others) };
  });
  const judged = ensembleMethods.map((method) => {
    const predictions = parts.flatMap(({ others, held, chosen }) => {
      const ensemble = fitEnsemble(method, others, chosen);
      const temperature = fitTemperature(applyEnsemble(ensemble, byName(others)));
      return applyTemperature(applyEnsemble(ensemble, byName(held)), temperature);
    });
    return { method, predictions, loss: negativeLogLikelihood(predictions) };
  });
  const [best] = judged.sort((a, b) => a.loss - b.loss);
  return judged.map(({ method, predictions, loss }): MethodFigures => {
    const { accuracy, uar } = scorePredictions(predictions);
    const standardError = errorOfLossDistance(predictions, best!.predictions);
    return { method, loss, standardError, accuracy, uar };
  });
}

/**
 * The simplest method, in the order of `ensembleMethods`, whose loss is within one standard error of the best one's
 * (Breiman et al. 1984, section 3.4.3): what a method with more to fit gains on few validation speakers is often theirs.
 */
export function simplestMethod(figures: readonly MethodFigures[]): EnsembleMethod {
  const lowest = Math.min(...figures.map(({ loss }) => loss));
  return ensembleMethods.find((name) =>
    figures.some(({ method, loss, standardError }) => method === name && loss - lowest <= standardError),
  )!;
}

/** The penalty that is best on speakers it was not fitted on; members list their clips in one order. */
function bestPenalty(members: readonly (readonly Prediction[])[]): number {
  if (new Set(members[0]!.map(({ speaker }) => speaker)).size < 2) return penalties.at(-1)!;
  const fold = speakerFolds(members[0]!);
  const folds = [...new Set(fold)];
  const losses = penalties.map((penalty) => {
    const held = folds.flatMap((k) => {
      const part = (isHeld: boolean) =>
        members.map((member) => member.filter((_, clip) => (fold[clip] === k) === isHeld));
      return applyStacking(fitStacking(part(false), penalty), part(true));
    });
    return negativeLogLikelihood(held);
  });
  return penalties[losses.indexOf(Math.min(...losses))]!;
}

function validationOf(candidates: readonly Candidate[], names: readonly string[]): (readonly Prediction[])[] {
  const found = byName(candidates);
  return names.map((name) => found.get(name)!);
}

function byName(candidates: readonly Candidate[]): Map<string, readonly Prediction[]> {
  return new Map(candidates.map(({ name, validation }) => [name, validation]));
}
