import type { TrainingState } from "./checkpoint.js";
import { keepingScore } from "./keeping-score.js";
import type { Run } from "./run-store.js";

/**
 * Where training stood at the end of a finished run, by what its files say: a restored run has no last checkpoint. The
 * history's numbers have six digits; the score by which the epoch was kept is that of its answers on validation.
 */
export function stateOfRun({ spec, metrics, history, validation }: Run): TrainingState {
  return {
    epoch: metrics.epochs,
    stepInEpoch: 0,
    random: null,
    lossSum: 0,
    epochSeconds: 0,
    history,
    bestEpoch: metrics.bestEpoch,
    bestUar: keepingScore(validation, spec.training.keptBy),
    seconds: metrics.seconds,
  };
}
