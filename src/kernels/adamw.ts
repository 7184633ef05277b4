import * as tf from "@tensorflow/tfjs";
import { hasNativeKernel } from "../core/native-kernels.js";
import { flatten, ownCopy, unflatten } from "./flat.js";
import { toFloat } from "./half-precision.js";
import { attribute, hasRawKernels, runKernel } from "./raw.js";

/** What one tensor of weights follows. */
export interface UpdateRule {
  /** Factor on the learning rate. */
  readonly rate: number;
  readonly decay: number;
}

export interface AdamWOptions {
  /** What is trained, float32. */
  readonly weights: readonly tf.Variable[];
  /** What only the average follows: batch statistics. */
  readonly fixed: readonly tf.Variable[];
  /** A rule for each of `weights`. */
  readonly rules: readonly UpdateRule[];
  /** Gradients whose global norm is above it are scaled down to it; null for never. */
  readonly clipNorm: number | null;
  readonly keepsAverage: boolean;
}

export interface UpdateStep {
  /** Counted from 1. */
  readonly step: number;
  readonly learningRate: number;
  /** Share of the average that stays. */
  readonly averageDecay: number;
}

/** The state of AdamW: each a flat vector of the weights' numbers in order, the average with those of `fixed` after them. */
export interface AdamW {
  readonly firstMoment: tf.Variable;
  readonly secondMoment: tf.Variable;
  readonly average: tf.Variable | null;
  /** Changes weights, moments and average; `gradients` in the order and the shapes of `weights`. */
  update(gradients: readonly tf.Tensor[], step: UpdateStep): void;
  dispose(): void;
}

const firstDecay = 0.9;
const secondDecay = 0.999;
const epsilon = 1e-8;

/**
 * AdamW (Loshchilov and Hutter 2019, algorithm 2) with clipping of the global norm and an exponential moving average of
 * the weights: m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g², w = w - η (m̂ / (√v̂ + ε) + λ w).
 *
 * By native/optimiser.cc one pass over memory, and one before it where gradients are clipped; it gives the weights new
 * tensors and changes moments and average where they lie, so whoever assigns to these gives an `ownCopy`. Where the
 * addon is absent, some twenty operations on flat vectors. Throws where a gradient has another shape than its weights.
 */
export function createAdamW(options: AdamWOptions): AdamW {
  const { weights, fixed, keepsAverage } = options;
  const size = weights.reduce((sum, variable) => sum + variable.size, 0);
  const variable = (initial: () => tf.Tensor): tf.Variable =>
    tf.tidy(() => tf.variable(ownCopy(initial()), false));
  const state = {
    firstMoment: variable(() => tf.zeros([size])),
    secondMoment: variable(() => tf.zeros([size])),
    average: keepsAverage ? variable(() => flatten([...weights, ...fixed])) : null,
  };
  const isNative = hasRawKernels() && hasNativeKernel(nativeOp);
  const { update, constants } = (isNative ? native : portable)(options, state);
  return {
    ...state,
    update(gradients, step) {
      weights.forEach(({ shape }, i) => {
        const given = gradients[i]?.shape;
        if (given?.join() === shape.join()) return;
        throw new Error(`AdamW: gradient ${i} is [${given ?? "absent"}], its weights are [${shape}]`);
      });
      // One gradient in bf16 would have the whole op rounded to it.
      tf.tidy(() => update(gradients.map(toFloat), step));
    },
    dispose: () => tf.dispose([state.firstMoment, state.secondMoment, state.average ?? [], ...constants]),
  };
}

type State = Pick<AdamW, "firstMoment" | "secondMoment" | "average">;
type Way = (
  options: AdamWOptions,
  state: State,
) => Pick<AdamW, "update"> & { readonly constants: readonly tf.Tensor[] };

const nativeOp = "AffectlabAdamW";

const native: Way = ({ weights, fixed, rules, clipNorm }, state) => {
  const rulesOfTensors = tf.tensor2d(rules.map(({ rate, decay }) => [rate, decay]));
  const none = tf.zeros([0]);
  const attributes = [attribute.integer("N", weights.length), attribute.integer("M", fixed.length)];
  const update: AdamW["update"] = (gradients, { step, learningRate, averageDecay }) => {
    const settings = tf.tensor1d([
      learningRate,
      1 / (1 - firstDecay ** step),
      1 / Math.sqrt(1 - secondDecay ** step),
      clipNorm ?? 0,
      averageDecay,
      epsilon,
    ]);
    const { firstMoment, secondMoment, average } = state;
    const tensors = [...weights, ...gradients, ...fixed, firstMoment, secondMoment, average ?? none];
    const changed = runKernel(nativeOp, attributes, [settings, rulesOfTensors, ...tensors], weights.length);
    weights.forEach((variable, i) => void variable.assign(changed[i]!));
  };
  return { update, constants: [rulesOfTensors, none] };
};

const portable: Way = ({ weights, fixed, rules, clipNorm }, state) => {
  const spread = (numbers: readonly number[]) =>
    tf.tidy(() => flatten(weights.map(({ size }, i) => tf.fill([size], numbers[i]!))));
  const decays = spread(rules.map(({ decay }) => decay));
  const rates = rules.some(({ rate }) => rate !== 1) ? spread(rules.map(({ rate }) => rate)) : null;
  const update: AdamW["update"] = (gradients, { step, learningRate, averageDecay }) => {
    const { firstMoment, secondMoment, average } = state;
    const before = flatten(weights);
    let gradient: tf.Tensor = flatten(gradients);
    if (clipNorm !== null) {
      const norm = tf.maximum(tf.norm(gradient), 1e-12);
      gradient = tf.mul(gradient, tf.minimum(1, tf.div(clipNorm, norm)));
    }
    firstMoment.assign(tf.add(tf.mul(firstMoment, firstDecay), tf.mul(gradient, 1 - firstDecay)));
    secondMoment.assign(
      tf.add(tf.mul(secondMoment, secondDecay), tf.mul(tf.square(gradient), 1 - secondDecay)),
    );
    const rate = learningRate / (1 - firstDecay ** step);
    const root = tf.add(tf.div(tf.sqrt(secondMoment), Math.sqrt(1 - secondDecay ** step)), epsilon);
    const change = tf.add(
      tf.mul(tf.div(firstMoment, root), rate),
      tf.mul(tf.mul(decays, before), learningRate),
    );
    const changed = tf.sub(before, rates === null ? change : tf.mul(change, rates)) as tf.Tensor1D;
    const pieces = unflatten(
      changed,
      weights.map(({ shape }) => shape),
    );
    weights.forEach((variable, i) => void variable.assign(pieces[i]!));
    if (average === null) return;
    const everything = fixed.length === 0 ? changed : tf.concat([changed, flatten(fixed)]);
    average.assign(tf.add(tf.mul(average, averageDecay), tf.mul(everything, 1 - averageDecay)));
  };
  return { update, constants: [decays, ...(rates === null ? [] : [rates])] };
};
