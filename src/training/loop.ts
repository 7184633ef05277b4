import * as tf from "@tensorflow/tfjs";
import { InterruptedError } from "../core/errors.js";
import { percentSign } from "../core/percent.js";
import type { ProgressListener } from "../core/progress.js";
import { createRandom, type Random } from "../core/random.js";
import type { StopSignal } from "../core/stop-signal.js";
import { negativeLogLikelihood } from "../evaluation/calibration.js";
import { scorePredictions } from "../evaluation/metrics.js";
import { softCrossEntropy } from "../kernels/cross-entropy.js";
import { assembleTrainingBatch, type Batch, toModelInput } from "./batches.js";
import { type Checkpoint, type TrainingState, writeCheckpoint } from "./checkpoint.js";
import { DivergedError } from "./diverged-error.js";
import { classWeightsOf, orderEpoch } from "./epoch-order.js";
import type { Example } from "./example.js";
import { type EpochRecord, writeHistory } from "./history.js";
import { keepingScore } from "./keeping-score.js";
import { createOptimiser, type Optimiser } from "./optimiser.js";
import { predictExamples } from "./predict-examples.js";
import type { TrainingOptions } from "./run-spec.js";
import type { RunFiles } from "./run-store.js";
import { learningRateAt } from "./schedule.js";
import { modelVariables, rateFactorsOf } from "./variables.js";

/** Told the history after every epoch, and the score of the best epoch so far (-1 before the first validation). */
export type EpochListener = (history: readonly EpochRecord[], bestScore: number) => void | Promise<void>;

export interface LoopInput {
  readonly model: tf.LayersModel;
  readonly train: readonly Example[];
  readonly validation: readonly Example[];
  readonly options: TrainingOptions;
  readonly seed: number;
  readonly runHash: string;
  readonly files: RunFiles;
  readonly checkpoint: Checkpoint | null;
  /** What computes here, in words: kept with the state. */
  readonly device?: string;
  readonly onProgress?: ProgressListener | undefined;
  readonly onEpoch?: EpochListener | undefined;
  readonly stop?: StopSignal | undefined;
}

/** An epoch of which no step is done. */
const freshEpoch = { stepInEpoch: 0, random: null, lossSum: 0, epochSeconds: 0 };

const freshState: TrainingState = {
  ...freshEpoch,
  epoch: 0,
  history: [],
  bestEpoch: 0,
  bestUar: -1,
  seconds: 0,
};

/**
 * Trains until the last epoch, until the score on validation has stood still for the patience, or until the stop signal.
 * After each epoch the state goes to last.safetensors, to best.safetensors when validation is the best so far (`keptBy`),
 * and every tenth is kept. Started again from a checkpoint it gives the numbers of a run that never stopped.
 * Throws InterruptedError once a requested stop has been saved, DivergedError when the loss, or what the network answers
 * in validation, is no number any more.
 */
export async function runTrainingLoop(input: LoopInput): Promise<TrainingState> {
  const { model, validation, options, files, runHash } = input;
  const { trained, fixed } = modelVariables(model);
  const optimiser = createOptimiser(trained, fixed, {
    ...options,
    factors: options.rateFactors && rateFactorsOf(model, trained, options.rateFactors),
  });
  if (input.checkpoint !== null) optimiser.restore(input.checkpoint.optimiser);
  let state = input.checkpoint?.state ?? freshState;
  if (!isTrained(state, options)) state = onDevice(state, input.device);
  const keep = async (...paths: string[]): Promise<void> => {
    for (const path of paths) await writeCheckpoint(path, { runHash, state, optimiser: optimiser.save() });
  };
  try {
    while (!isTrained(state, options)) {
      const epoch = await runEpoch(input, state, optimiser, trained);
      state = epoch.state;
      if (!epoch.complete) {
        await keep(files.last);
        throw new InterruptedError(
          `Stopped in epoch ${state.epoch + 1}; everything up to here is kept.`,
          "Start it again to go on.",
        );
      }
      if (isValidated(state.epoch, options))
        state = await validate(state, optimiser, options, () =>
          predictExamples(model, validation, options.frames),
        );
      const isBest = state.bestEpoch === state.epoch;
      const tenth = state.epoch % 10 === 0 ? [files.epoch(state.epoch)] : [];
      // last.safetensors is the last to be written: a run that is cut off before it does the whole epoch again.
      await keep(...(isBest ? [files.best] : []), ...tenth);
      await writeHistory(files.history, state.history);
      await keep(files.last);
      await input.onEpoch?.(state.history, state.bestUar);
    }
    return state;
  } finally {
    optimiser.dispose();
  }
}

/** The state, the device that trains from here on among those that have trained it. */
function onDevice(state: TrainingState, device: string | undefined): TrainingState {
  const { devices = [] } = state;
  return device === undefined || devices.includes(device)
    ? state
    : { ...state, devices: [...devices, device] };
}

/**
 * Whether the loop has nothing left to do: the last epoch is done, or patience is at its end. Only a validation ends
 * patience: epochs that were not validated may have been better.
 */
export function isTrained({ epoch, bestEpoch }: TrainingState, options: TrainingOptions): boolean {
  const { epochs, patienceEpochs } = options;
  if (epoch >= epochs) return true;
  const mayEnd = patienceEpochs !== null && bestEpoch > 0 && isValidated(epoch, options);
  return mayEnd && epoch - bestEpoch >= patienceEpochs;
}

/** Whether an epoch ends with validation. */
function isValidated(epoch: number, { epochs, validateEveryEpochs }: TrainingOptions): boolean {
  return epoch % validateEveryEpochs === 0 || epoch === epochs;
}

/** Runs what is left of the epoch under way. `complete` is false when the stop signal ended it. */
async function runEpoch(
  { model, train, options, seed, onProgress, stop }: LoopInput,
  state: TrainingState,
  optimiser: Optimiser,
  trained: readonly tf.Variable[],
): Promise<{ state: TrainingState; complete: boolean }> {
  const start = performance.now();
  const epoch = state.epoch + 1;
  const stepsPerEpoch = Math.ceil(train.length / options.batchSize);
  const steps = stepsPerEpoch * options.epochs;
  const classes = model.outputs[0]!.shape[1]!;
  const weights = classWeightsOf(train, classes, options.classWeights);
  // Every epoch draws from streams of its own, so that only the place in the epoch needs to be remembered.
  const order = orderEpoch(train, options.sampling, createRandom(seed).fork(`order of epoch ${epoch}`));
  const random: Random =
    state.random === null
      ? createRandom(seed).fork(`augmentation of epoch ${epoch}`)
      : createRandom(seed, state.random);
  let { stepInEpoch, lossSum } = state;
  let learningRate = 0;
  let batch: Batch | undefined;
  const firstStep = stepInEpoch;
  while (stepInEpoch < stepsPerEpoch && stop?.requested !== true) {
    const step = state.epoch * stepsPerEpoch + stepInEpoch;
    learningRate = learningRateAt(step, steps, options.warmupEpochs * stepsPerEpoch, options.learningRate);
    const examples = order.slice(stepInEpoch * options.batchSize, (stepInEpoch + 1) * options.batchSize);
    batch = assembleTrainingBatch(examples, options, weights, random, batch);
    lossSum += trainStep(model, trained, optimiser, batch, learningRate);
    stepInEpoch++;
    const elapsed = (performance.now() - start) / 1000;
    const stepsPerSecond = (stepInEpoch - firstStep) / elapsed;
    onProgress?.({
      task: `epoch ${epoch} of ${options.epochs}`,
      done: step + 1,
      total: steps,
      rate: stepsPerSecond * options.batchSize,
      etaSeconds: (steps - step - 1) / stepsPerSecond,
      note: progressNote(lossSum / stepInEpoch, state.history),
    });
    await new Promise(setImmediate); // signals and the notebook's stop button arrive between steps
  }
  const seconds = (performance.now() - start) / 1000;
  const epochSeconds = state.epochSeconds + seconds;
  const total = state.seconds + seconds;
  if (stepInEpoch < stepsPerEpoch) {
    return {
      complete: false,
      state: { ...state, stepInEpoch, lossSum, epochSeconds, seconds: total, random: random.state() },
    };
  }
  const record: EpochRecord = {
    epoch,
    learningRate,
    trainLoss: lossSum / stepsPerEpoch,
    validationLoss: null,
    validationAccuracy: null,
    validationUar: null,
    seconds: epochSeconds,
  };
  const history = [...state.history, record];
  return {
    complete: true,
    state: {
      ...state,
      ...freshEpoch,
      epoch,
      history,
      seconds: total,
    },
  };
}

/** One step of gradient descent on this batch; gives the loss. Throws DivergedError when it is no number. */
function trainStep(
  model: tf.LayersModel,
  trained: readonly tf.Variable[],
  optimiser: Optimiser,
  { values, labels, size }: Batch,
  learningRate: number,
): number {
  return tf.tidy(() => {
    const x = toModelInput(model, values, size);
    const y = tf.tensor2d(labels, [size, labels.length / size]);
    const { value, grads } = tf.variableGrads(
      () => softCrossEntropy(model.apply(x, { training: true }) as tf.Tensor2D, y),
      trained as tf.Variable[],
    );
    const loss = value.dataSync()[0]!;
    if (!Number.isFinite(loss))
      throw new DivergedError(`Training diverged: the loss is ${loss}.`, "Lower training.learningRate.");
    optimiser.apply(
      trained.map((variable) => grads[variable.name]!),
      learningRate,
    );
    return loss;
  });
}

async function validate(
  state: TrainingState,
  optimiser: Optimiser,
  { keptBy }: TrainingOptions,
  predict: () => ReturnType<typeof predictExamples>,
): Promise<TrainingState> {
  const start = performance.now();
  const predictions = await optimiser.withAverage(predict);
  const { accuracy, uar } = scorePredictions(predictions);
  const seconds = (performance.now() - start) / 1000;
  const record: EpochRecord = {
    ...state.history.at(-1)!,
    validationLoss: negativeLogLikelihood(predictions),
    validationAccuracy: accuracy,
    validationUar: uar,
  };
  const score = keepingScore(predictions, keptBy);
  const better = score > state.bestUar;
  return {
    ...state,
    history: [...state.history.slice(0, -1), { ...record, seconds: record.seconds + seconds }],
    seconds: state.seconds + seconds,
    bestEpoch: better ? state.epoch : state.bestEpoch,
    bestUar: better ? score : state.bestUar,
  };
}

function progressNote(loss: number, history: readonly EpochRecord[]): string {
  const uar = history.findLast((record) => record.validationUar !== null)?.validationUar;
  const validated = uar === undefined || uar === null ? "" : `, validation UAR ${percentSign(uar)}`;
  return `loss ${loss.toFixed(3)}${validated}`;
}
