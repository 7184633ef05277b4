import * as tf from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";
import { createAdamW } from "../kernels/adamw.js";
import { flatten, ownCopy, unflatten } from "../kernels/flat.js";
import { valuesOf } from "../kernels/values-of.js";

/** Settings of AdamW; the learning rate is given at each step. */
export interface OptimiserOptions {
  readonly weightDecay: number;
  readonly clipNorm: number | null;
  /** Decay of the moving average of weights; 0 keeps none: the average is the weights. */
  readonly averageDecay: number;
  /** A factor on the learning rate for each trained variable, in their order; absent for 1 everywhere. */
  readonly factors?: readonly number[] | undefined;
}

/** The numbers that an optimiser is made of, flat: what a checkpoint keeps. */
export interface OptimiserState {
  readonly step: number;
  /** Every weight of the model, trained or not, in the model's order. */
  readonly weights: Float32Array;
  readonly average: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
}

export interface Optimiser {
  /** Changes the model's weights by one AdamW step. `gradients` in the order of `trained`, shaped as the weights. */
  apply(gradients: readonly tf.Tensor[], learningRate: number): void;
  /** Runs `work` with the averaged weights in the model, then puts the trained ones back. */
  withAverage<T>(work: () => Promise<T>): Promise<T>;
  save(): OptimiserState;
  /** Goes on from a saved state. Throws LabError when it is of a network of another size. */
  restore(state: OptimiserState): void;
  dispose(): void;
}

const sizeOf = (variables: readonly tf.Variable[]): number => variables.reduce((sum, v) => sum + v.size, 0);

/**
 * Writes weights, flat, into the variables that they are of, in their order. Throws LabError when they are of a network of
 * another size.
 */
export function assignWeights(variables: readonly tf.Variable[], flat: tf.Tensor1D | Float32Array): void {
  checkSize(flat instanceof Float32Array ? flat.length : flat.size, sizeOf(variables));
  tf.tidy(() => {
    const pieces = unflatten(
      flat instanceof Float32Array ? tf.tensor1d(flat) : flat,
      variables.map(({ shape }) => shape),
    );
    variables.forEach((variable, i) => void variable.assign(pieces[i]!));
  });
}

function checkSize(found: number, expected: number): void {
  if (found === expected) return;
  throw new LabError(
    `The checkpoint holds ${found} weights where this network has ${expected}.`,
    "It was written by another version of the code; train the run again with --force.",
  );
}

/**
 * AdamW (Loshchilov and Hutter 2019, algorithm 2) with clipping of the global norm and an exponential moving
 * average of all weights, batch statistics included. Decay touches matrices and kernels, not vectors (biases, scales).
 */
export function createOptimiser(
  trained: readonly tf.Variable[],
  fixed: readonly tf.Variable[],
  options: OptimiserOptions,
): Optimiser {
  const all = [...trained, ...fixed];
  const size = sizeOf(trained);
  const rules = trained.map((variable, i) => ({
    rate: options.factors?.[i] ?? 1,
    decay: variable.rank > 1 ? options.weightDecay : 0,
  }));
  const { firstMoment, secondMoment, average, ...adamW } = createAdamW({
    weights: trained,
    fixed,
    rules,
    clipNorm: options.clipNorm,
    keepsAverage: options.averageDecay !== 0,
  });
  const saveWeights = (): Float32Array => valuesOf(() => flatten(all)).slice();
  let step = 0;

  const apply: Optimiser["apply"] = (gradients, learningRate) => {
    step++;
    // Young averages follow quickly, so that the random start does not linger in them.
    const averageDecay = Math.min(options.averageDecay, (1 + step) / (10 + step));
    adamW.update(gradients, { step, learningRate, averageDecay });
  };

  return {
    apply,
    async withAverage(work) {
      const kept = tf.tidy(() => flatten(all));
      // A copy: TensorFlow cuts a vector without moving it, and the average changes where it lies.
      if (average !== null) tf.tidy(() => assignWeights(all, ownCopy(average as unknown as tf.Tensor1D)));
      try {
        return await work();
      } finally {
        assignWeights(all, kept);
        kept.dispose();
      }
    },
    save: () => ({
      step,
      weights: saveWeights(),
      average: average?.dataSync<"float32">().slice() ?? saveWeights(),
      firstMoment: firstMoment.dataSync<"float32">().slice(),
      secondMoment: secondMoment.dataSync<"float32">().slice(),
    }),
    restore(state) {
      checkSize(state.average.length, size + sizeOf(fixed));
      for (const moment of [state.firstMoment, state.secondMoment]) checkSize(moment.length, size);
      assignWeights(all, state.weights);
      step = state.step;
      tf.tidy(() => {
        average?.assign(ownCopy(tf.tensor1d(state.average)));
        firstMoment.assign(ownCopy(tf.tensor1d(state.firstMoment)));
        secondMoment.assign(ownCopy(tf.tensor1d(state.secondMoment)));
      });
    },
    dispose: adamW.dispose,
  };
}
