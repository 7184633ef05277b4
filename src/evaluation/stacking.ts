import { minimise, type ValueAndGradient } from "../core/minimise.js";
import { emotionIndex, emotions } from "../corpora/emotions.js";
import { alignMembers, decide } from "./combine.js";
import type { Prediction } from "./prediction.js";
import { logProbability } from "./smallest-probability.js";

/** A linear judge over members' log-probabilities: logit of emotion k = bias[k] + Σ input[i] · weights[i][k]. */
export interface Stacking {
  /** A row an input, [8 × members]: the first member's eight log-probabilities, then the second's. */
  readonly weights: readonly (readonly number[])[];
  /** Null for an emotion that no validation clip has: it is never answered. */
  readonly bias: readonly (number | null)[];
}

/**
 * Stacked generalisation (Wolpert 1992): multinomial logistic regression of the label on the members' log-probabilities
 * of validation clips. `penalty` × half the squared weights is added to the mean loss; the bias is free. Equal to
 * scikit-learn's LogisticRegression(C = 1 / (penalty × clips)). Throws as `alignMembers` does.
 */
export function fitStacking(validation: readonly (readonly Prediction[])[], penalty: number): Stacking {
  const members = alignMembers(validation);
  const labels = members[0]!.map(({ emotion }) => emotionIndex(emotion));
  const classes = emotions.flatMap((_, k) => (labels.includes(k) ? [k] : []));
  const place = emotions.map((_, k) => classes.indexOf(k));
  const inputs = members[0]!.map((_, clip) => inputOf(members, clip));
  const [width, count] = [inputs[0]!.length, classes.length];
  // Around their means the inputs hardly depend on the bias, and a tenth of the steps is enough.
  const means = Float64Array.from({ length: width }, (_, i) => meanOf(inputs, i));
  const centred = inputs.map((input) => input.map((value, i) => value - means[i]!));
  const targets = labels.map((label) => place[label]!);
  const solution = minimise(
    (point) => lossOf(point, centred, targets, count, penalty),
    new Float64Array((width + 1) * count),
    { mostSteps: 1000, smallestGradient: 1e-7, smallestFall: 1e-10 },
  );
  const at = (row: number, emotion: number): number => solution[row * count + place[emotion]!]!;
  const biasOf = (k: number): number => means.reduce((bias, mean, i) => bias - mean * at(i, k), at(width, k));
  return {
    weights: Array.from(means, (_, i) => emotions.map((_, k) => (classes.includes(k) ? at(i, k) : 0))),
    bias: emotions.map((_, k) => (classes.includes(k) ? biasOf(k) : null)),
  };
}

function meanOf(inputs: readonly Float64Array[], i: number): number {
  return inputs.reduce((sum, input) => sum + input[i]!, 0) / inputs.length;
}

/** The penalised mean loss and its gradient; `point` holds a row of `count` numbers an input, and the bias last. */
function lossOf(
  point: Float64Array,
  inputs: readonly Float64Array[],
  targets: readonly number[],
  count: number,
  penalty: number,
): ValueAndGradient {
  const bias = point.length - count;
  const gradient = point.map((weight, i) => (i < bias ? penalty * weight : 0));
  let value = (penalty / 2) * point.subarray(0, bias).reduce((sum, weight) => sum + weight ** 2, 0);
  const shares = new Float64Array(count);
  inputs.forEach((input, clip) => {
    for (let k = 0; k < count; k++) shares[k] = point[bias + k]!;
    for (let i = 0, at = 0; i < input.length; i++) {
      const x = input[i]!;
      for (let k = 0; k < count; k++, at++) shares[k]! += x * point[at]!;
    }
    const largest = Math.max(...shares);
    let sum = 0;
    for (let k = 0; k < count; k++) {
      shares[k] = Math.exp(shares[k]! - largest);
      sum += shares[k]!;
    }
    const target = targets[clip]!;
    value -= Math.log(shares[target]! / sum) / inputs.length;
    for (let k = 0; k < count; k++) shares[k] = (shares[k]! / sum - (k === target ? 1 : 0)) / inputs.length; // now the error
    for (let i = 0, at = 0; i < input.length; i++) {
      const x = input[i]!;
      for (let k = 0; k < count; k++, at++) gradient[at]! += x * shares[k]!;
    }
    for (let k = 0; k < count; k++) gradient[bias + k]! += shares[k]!;
  });
  return { value, gradient };
}

/** One prediction a clip out of the members', as a fitted judge has it. Members come in the order they were fitted in. */
export function applyStacking(
  { weights, bias }: Stacking,
  predictions: readonly (readonly Prediction[])[],
): Prediction[] {
  const members = alignMembers(predictions);
  return members[0]!.map((first, clip) => {
    const input = inputOf(members, clip);
    const logits = bias.map((start, k) =>
      start === null
        ? Number.NEGATIVE_INFINITY
        : input.reduce((sum, value, i) => sum + value * weights[i]![k]!, start),
    );
    const largest = Math.max(...logits);
    return decide(
      first,
      logits.map((logit) => Math.exp(logit - largest)),
    );
  });
}

function inputOf(members: readonly (readonly Prediction[])[], clip: number): Float64Array {
  return Float64Array.from(
    members.flatMap((member) => member[clip]!.probabilities),
    logProbability,
  );
}
