import { negativeLogLikelihood } from "./calibration.js";
import { combinePredictions } from "./combine.js";
import type { Prediction } from "./prediction.js";

/** A run that may become a member. */
export interface Candidate {
  readonly name: string;
  /** Its predictions of the validation clips. */
  readonly validation: readonly Prediction[];
}

/** A member with how often it was drawn; counts are weights. */
export interface ChosenMember {
  readonly name: string;
  readonly count: number;
}

const mostDraws = 20;

/**
 * Greedy choice with replacement (Caruana et al. 2004): starting with the best candidate, the one whose addition lowers
 * the pool's negative log-likelihood on validation clips most is drawn, again and again, until none lowers it or twenty
 * are drawn. Only validation predictions are looked at. Throws as `combinePredictions` does.
 */
export function chooseMembers(candidates: readonly Candidate[]): ChosenMember[] {
  const counts = new Map<string, number>();
  let best = Number.POSITIVE_INFINITY;
  for (let draw = 0; draw < mostDraws; draw++) {
    const tried = candidates.map((candidate) => ({
      candidate,
      loss: lossWith(candidate, candidates, counts),
    }));
    const lowest = tried.reduce((a, b) => (b.loss < a.loss ? b : a));
    if (!(lowest.loss < best)) break;
    best = lowest.loss;
    counts.set(lowest.candidate.name, (counts.get(lowest.candidate.name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => ({ name, count }));
}

function lossWith(
  added: Candidate,
  candidates: readonly Candidate[],
  counts: ReadonlyMap<string, number>,
): number {
  const weighted = candidates
    .map((candidate) => ({
      candidate,
      weight: (counts.get(candidate.name) ?? 0) + (candidate === added ? 1 : 0),
    }))
    .filter(({ weight }) => weight > 0);
  return negativeLogLikelihood(
    combinePredictions(
      weighted.map(({ candidate }) => candidate.validation),
      weighted.map(({ weight }) => weight),
    ),
  );
}
