import * as tf from "@tensorflow/tfjs";
import { LabError } from "../core/errors.js";
import { flatten, unflatten } from "../kernels/flat.js";

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

const firstDecay = 0.9;
const secondDecay = 0.999;
const epsilon = 1e-8;

const sizeOf = (variables: readonly tf.Variable[]): number => variables.reduce((sum, v) => sum + v.size, 0);

/** Writes a flat vector back into the variables it was made of. */
function assignFlat(variables: readonly tf.Variable[], flat: tf.Tensor1D): void {
  const pieces = unflatten(
    flat,
    variables.map(({ shape }) => shape),
  );
  variables.forEach((variable, i) => void variable.assign(pieces[i]!));
}

/**
 * AdamW (Loshchilov and Hutter 2019, algorithm 2) with clipping of the global norm and an exponential moving
 * average of all weights, batch statistics included. All weights are handled as one flat vector: a dozen kernel
 * calls a step instead of a dozen a layer. Decay touches matrices and kernels, not vectors (biases, scales).
 */
export function createOptimiser(
  trained: readonly tf.Variable[],
  fixed: readonly tf.Variable[],
  options: OptimiserOptions,
): Optimiser {
  const all = [...trained, ...fixed];
  const size = sizeOf(trained);
  const decayed = tf.tidy(() =>
    flatten(trained.map((v) => tf.fill([v.size], v.rank > 1 ? options.weightDecay : 0))),
  );
  const { factors } = options;
  const rates = factors && tf.tidy(() => flatten(trained.map((v, i) => tf.fill([v.size], factors[i]!))));
  const variable = (initial: () => tf.Tensor1D): tf.Variable => tf.tidy(() => tf.variable(initial(), false));
  const firstMoment = variable(() => tf.zeros([size]));
  const secondMoment = variable(() => tf.zeros([size]));
  const average = options.averageDecay === 0 ? null : variable(() => flatten(all));
  const saveWeights = (): Float32Array => tf.tidy(() => flatten(all).dataSync<"float32">().slice());
  let step = 0;

  const apply: Optimiser["apply"] = (gradients, learningRate) => {
    step++;
    tf.tidy(() => {
      const weights = flatten(trained);
      let gradient = flatten(gradients);
      if (options.clipNorm !== null) {
        const norm = tf.maximum(tf.norm(gradient), 1e-12);
        gradient = tf.mul(gradient, tf.minimum(1, tf.div(options.clipNorm, norm)));
      }
      firstMoment.assign(tf.add(tf.mul(firstMoment, firstDecay), tf.mul(gradient, 1 - firstDecay)));
      secondMoment.assign(
        tf.add(tf.mul(secondMoment, secondDecay), tf.mul(tf.square(gradient), 1 - secondDecay)),
      );
      const rate = learningRate / (1 - firstDecay ** step);
      const root = tf.add(tf.div(tf.sqrt(secondMoment), Math.sqrt(1 - secondDecay ** step)), epsilon);
      const change = tf.add(
        tf.mul(tf.div(firstMoment, root), rate),
        tf.mul(tf.mul(decayed, weights), learningRate),
      );
      const scaled = rates === undefined ? change : tf.mul(change, rates);
      const changed = tf.sub(weights, scaled) as tf.Tensor1D;
      assignFlat(trained, changed);
      if (average === null) return;
      // Young averages follow quickly, so that the random start does not linger in them.
      const decay = Math.min(options.averageDecay, (1 + step) / (10 + step));
      const everything = fixed.length === 0 ? changed : tf.concat([changed, flatten(fixed)]);
      average.assign(tf.add(tf.mul(average, decay), tf.mul(everything, 1 - decay)));
    });
  };

  return {
    apply,
    async withAverage(work) {
      const kept = tf.tidy(() => flatten(all));
      if (average !== null) tf.tidy(() => assignFlat(all, average as unknown as tf.Tensor1D));
      try {
        return await work();
      } finally {
        tf.tidy(() => assignFlat(all, kept));
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
      const sizes = [state.weights.length, state.average.length, state.firstMoment.length];
      const sizeOfAll = size + sizeOf(fixed);
      if (sizes[0] !== sizeOfAll || sizes[1] !== sizeOfAll || sizes[2] !== size) {
        throw new LabError(
          `The checkpoint holds ${sizes[0]} weights where this network has ${sizeOfAll}.`,
          "It was written by another version of the code; train the run again with --force.",
        );
      }
      step = state.step;
      tf.tidy(() => {
        assignFlat(all, tf.tensor1d(state.weights));
        average?.assign(tf.tensor1d(state.average));
        firstMoment.assign(tf.tensor1d(state.firstMoment));
        secondMoment.assign(tf.tensor1d(state.secondMoment));
      });
    },
    dispose: () => tf.dispose([decayed, firstMoment, secondMoment, average ?? [], rates ?? []]),
  };
}
