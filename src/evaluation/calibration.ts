import { LabError } from "../core/errors.js";
import { emotionIndex } from "../corpora/emotions.js";
import type { Prediction } from "./prediction.js";
import { checkLabels, checkPrediction } from "./prediction-checks.js";
import { logProbability, softenProbabilities } from "./smallest-probability.js";

/** One bin of a reliability curve: the clips whose top probability lies in (low, high]. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly n: number;
  /** Mean top probability and share of right decisions; null in an empty bin. */
  readonly confidence: number | null;
  readonly accuracy: number | null;
}

function checkAll(predictions: readonly Prediction[]): void {
  checkLabels(predictions);
  for (const prediction of predictions) checkPrediction(prediction, prediction.clip);
}

/**
 * How often decisions of a given confidence are right, in equal-width bins of the top probability. Throws LabError
 * for no predictions, an invalid one, or fewer than one bin.
 */
export function reliabilityBins(predictions: readonly Prediction[], bins = 15): ReliabilityBin[] {
  checkAll(predictions);
  if (!Number.isInteger(bins) || bins < 1)
    throw new LabError(`bins is ${bins}.`, "Use a whole number from 1 up.");
  const sums = Array.from({ length: bins }, () => ({ n: 0, confidence: 0, right: 0 }));
  for (const { emotion, predicted, probabilities } of predictions) {
    const confidence = Math.max(...probabilities);
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))]!;
    bin.n += 1;
    bin.confidence += confidence;
    bin.right += emotion === predicted ? 1 : 0;
  }
  return sums.map(({ n, confidence, right }, k) => ({
    low: k / bins,
    high: (k + 1) / bins,
    n,
    confidence: n > 0 ? confidence / n : null,
    accuracy: n > 0 ? right / n : null,
  }));
}

/**
 * Expected calibration error of the top label: the mean distance between confidence and accuracy over the bins,
 * weighted by their clips (Naeini et al. 2015; 15 bins as in Guo et al. 2017).
 */
export function expectedCalibrationError(predictions: readonly Prediction[], bins = 15): number {
  return reliabilityBins(predictions, bins).reduce(
    (sum, { n, confidence, accuracy }) =>
      n === 0 ? sum : sum + (n / predictions.length) * Math.abs(confidence! - accuracy!),
    0,
  );
}

/** Mean negative log-likelihood of the labels, natural logarithm. */
export function negativeLogLikelihood(predictions: readonly Prediction[]): number {
  checkAll(predictions);
  return scaledLoss(logsOf(predictions), labelsOf(predictions), 1);
}

/**
 * The temperature that minimises the negative log-likelihood of validation predictions (Guo et al. 2017), by
 * golden section on its logarithm between 1/20 and 20; the loss has one minimum there. Above 1 the model was
 * too sure. Needs no logits: softmax(logits / T) is proportional to p^(1/T).
 */
export function fitTemperature(validation: readonly Prediction[]): number {
  checkAll(validation);
  const [logs, labels] = [logsOf(validation), labelsOf(validation)];
  const loss = (logTemperature: number): number => scaledLoss(logs, labels, Math.exp(logTemperature));
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [-Math.log(20), Math.log(20)];
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)];
  let [lossLeft, lossRight] = [loss(left), loss(right)];
  while (high - low > 1e-7) {
    if (lossLeft < lossRight) {
      [high, right, lossRight] = [right, left, lossLeft];
      left = high - golden * (high - low);
      lossLeft = loss(left);
    } else {
      [low, left, lossLeft] = [left, right, lossRight];
      right = low + golden * (high - low);
      lossRight = loss(right);
    }
  }
  return Math.exp((low + high) / 2);
}

/** The predictions at another temperature: the same decisions, softer above 1, surer below. */
export function applyTemperature(predictions: readonly Prediction[], temperature: number): Prediction[] {
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw new LabError(`The temperature is ${temperature}.`, "Use a number above 0.");
  return predictions.map((prediction) => ({
    ...prediction,
    probabilities: softenProbabilities(prediction.probabilities, temperature),
  }));
}

function logsOf(predictions: readonly Prediction[]): Float64Array[] {
  return predictions.map(({ probabilities }) => Float64Array.from(probabilities, logProbability));
}

function labelsOf(predictions: readonly Prediction[]): number[] {
  return predictions.map(({ emotion }) => emotionIndex(emotion));
}

function scaledLoss(logs: readonly Float64Array[], labels: readonly number[], temperature: number): number {
  let loss = 0;
  logs.forEach((row, i) => {
    const largest = Math.max(...row);
    let sum = 0;
    for (const value of row) sum += Math.exp((value - largest) / temperature);
    loss += Math.log(sum) - (row[labels[i]!]! - largest) / temperature;
  });
  return loss / logs.length;
}
