import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { LabError } from "../../src/core/errors.js";
import { createRandom } from "../../src/core/random.js";
import { loadTensorFlow } from "../../src/core/tensorflow.js";
import { assignWeights, createOptimiser, type OptimiserOptions } from "../../src/training/optimiser.js";
import { learningRateAt } from "../../src/training/schedule.js";

beforeAll(() => void loadTensorFlow());

const options: OptimiserOptions = { weightDecay: 0.1, clipNorm: 1.5, averageDecay: 0.8 };
const sizes = { kernel: 6, bias: 3 };
const random = createRandom(5).fork("optimiser");
const list = (count: number, spread: number) => Array.from({ length: count }, () => spread * random.normal());
const start = { kernel: list(sizes.kernel, 1), bias: list(sizes.bias, 1) };
/** Gradients of both kinds of weights, 20 steps; some steps are clipped, some are not. */
const gradients = Array.from({ length: 20 }, (_, i) => ({
  kernel: list(sizes.kernel, i % 3 === 0 ? 2 : 0.1),
  bias: list(sizes.bias, i % 3 === 0 ? 2 : 0.1),
}));

/** AdamW as in Loshchilov and Hutter 2019, algorithm 2, in float64, with norm clipping and an average of weights. */
function reference(
  { weightDecay, clipNorm, averageDecay }: OptimiserOptions,
  rate: (step: number) => number,
) {
  const flat = (parts: { kernel: number[]; bias: number[] }) => [...parts.kernel, ...parts.bias];
  const weights = flat(start);
  const first = weights.map(() => 0);
  const second = weights.map(() => 0);
  const average = [...weights];
  gradients.forEach((parts, i) => {
    const t = i + 1;
    let gradient = flat(parts);
    const norm = Math.hypot(...gradient);
    if (clipNorm !== null && norm > clipNorm) gradient = gradient.map((value) => (value * clipNorm) / norm);
    gradient.forEach((value, k) => {
      first[k] = 0.9 * first[k]! + 0.1 * value;
      second[k] = 0.999 * second[k]! + 0.001 * value ** 2;
      const corrected = first[k]! / (1 - 0.9 ** t);
      const spread = Math.sqrt(second[k]! / (1 - 0.999 ** t));
      const decay = k < sizes.kernel ? weightDecay : 0;
      weights[k]! -= rate(i) * (corrected / (spread + 1e-8) + decay * weights[k]!);
      const kept = Math.min(averageDecay, (1 + t) / (10 + t));
      average[k] = kept * average[k]! + (1 - kept) * weights[k]!;
    });
  });
  return { weights, average };
}

function variables() {
  return [tf.variable(tf.tensor2d(start.kernel, [2, 3])), tf.variable(tf.tensor1d(start.bias))];
}

function step(optimiser: ReturnType<typeof createOptimiser>, i: number, rate: number): void {
  const { kernel, bias } = gradients[i]!;
  tf.tidy(() => optimiser.apply([tf.tensor2d(kernel, [2, 3]), tf.tensor1d(bias)], rate));
}

it("multiplies the learning rate of a variable by its factor; 0 leaves it as it is", () => {
  const run = (factors: number[] | undefined, rate: number) => {
    const trained = variables();
    const optimiser = createOptimiser(trained, [], { ...options, clipNorm: null, factors });
    for (let i = 0; i < 3; i++) step(optimiser, i, rate);
    const [kernel, bias] = trained.map((variable) => [...variable.dataSync()]);
    optimiser.dispose();
    return { kernel, bias };
  };
  const mixed = run([0.1, 0], 0.1);
  run(undefined, 0.01).kernel!.forEach((value, i) => void expect(mixed.kernel![i]).toBeCloseTo(value, 6));
  expect(mixed.bias).toEqual(start.bias.map(Math.fround));
});

const flatOf = (tensors: readonly tf.Tensor[]) => tensors.flatMap((tensor) => [...tensor.dataSync()]);
function expectClose(values: ArrayLike<number>, expected: readonly number[]): void {
  expect(values.length).toBe(expected.length);
  for (const [i, value] of Array.from(values).entries()) expect(value).toBeCloseTo(expected[i]!, 5);
}
const rate = (i: number) => 0.02 * (1 + Math.sin(i));

describe("the optimiser", () => {
  it.each<[string, Partial<OptimiserOptions>]>([
    ["as it is used", {}],
    ["without clipping", { clipNorm: null }],
    ["without decay", { weightDecay: 0 }],
    ["with a long average", { averageDecay: 0.999 }],
    ["without an average", { averageDecay: 0 }],
  ])("equals AdamW in float64 over 20 steps, %s", (_, change) => {
    const used = { ...options, ...change };
    const trained = variables();
    const optimiser = createOptimiser(trained, [], used);
    for (let i = 0; i < 20; i++) step(optimiser, i, rate(i));
    const expected = reference(used, rate);
    expectClose(flatOf(trained), expected.weights);
    expectClose(optimiser.save().average, expected.average);
    if (used.averageDecay === 0) expectClose(optimiser.save().average, expected.weights);
  });

  it("lets decay touch kernels and not vectors", () => {
    const trained = [tf.variable(tf.ones([2, 2])), tf.variable(tf.ones([2]))];
    const optimiser = createOptimiser(trained, [], { weightDecay: 0.5, clipNorm: null, averageDecay: 0 });
    optimiser.apply([tf.zeros([2, 2]), tf.zeros([2])], 0.1);
    expectClose(flatOf(trained), [0.95, 0.95, 0.95, 0.95, 1, 1]);
  });

  it("takes a gradient of zeros without dividing by its norm", () => {
    const trained = variables();
    const optimiser = createOptimiser(trained, [], { ...options, weightDecay: 0 });
    optimiser.apply([tf.zeros([2, 3]), tf.zeros([3])], 0.1);
    expectClose(flatOf(trained), [...start.kernel, ...start.bias]);
  });

  it("averages batch statistics too, and lends the average to work, even to work that fails", async () => {
    const trained = variables();
    const statistics = tf.variable(tf.tensor1d([4]));
    const optimiser = createOptimiser(trained, [statistics], options);
    statistics.assign(tf.tensor1d([8]));
    step(optimiser, 0, 0.1);
    const before = flatOf([...trained, statistics]);
    const average = [...optimiser.save().average];
    expect(average.at(-1)).toBeCloseTo((4 * 2) / 11 + (8 * 9) / 11, 5);
    await optimiser.withAverage(async () => {
      expect(flatOf([...trained, statistics])).toEqual(average);
    });
    expect(flatOf([...trained, statistics])).toEqual(before);
    await expect(optimiser.withAverage(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(flatOf([...trained, statistics])).toEqual(before);
  });

  it("goes on from a saved state to the same bits", () => {
    const whole = variables();
    const optimiser = createOptimiser(whole, [], options);
    for (let i = 0; i < 8; i++) step(optimiser, i, rate(i));
    const state = structuredClone(optimiser.save());
    for (let i = 8; i < 20; i++) step(optimiser, i, rate(i));
    const resumed = createOptimiser(variables(), [], options);
    resumed.restore(state);
    for (let i = 8; i < 20; i++) step(resumed, i, rate(i));
    expect(resumed.save()).toEqual(optimiser.save());
  });

  it("refuses the state of a network of another size", () => {
    const optimiser = createOptimiser(variables(), [], options);
    const other = createOptimiser([tf.variable(tf.zeros([5]))], [], options);
    expect(() => optimiser.restore(other.save())).toThrow(LabError);
    expect(() => optimiser.restore(other.save())).toThrow("5 weights where this network has 9");
  });

  it("shares the writing of flat weights, which refuses another size, and changes nothing then", () => {
    const written = variables();
    const before = tf.memory().numTensors;
    const flat = Float32Array.from({ length: 9 }, (_, i) => i);
    assignWeights(written, flat);
    expect(written.map((variable) => [...variable.dataSync()])).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7, 8],
    ]);
    for (const size of [8, 10])
      expect(() => assignWeights(written, new Float32Array(size))).toThrow(LabError);
    expect(flatOf(written)).toEqual([...flat]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("without an average lends the weights as they are, and goes on to the same bits", async () => {
    const weights = [variables(), variables()] as const;
    const [lender, other] = weights.map((trained) =>
      createOptimiser(trained, [], { ...options, averageDecay: 0 }),
    );
    for (const optimiser of [lender!, other!]) for (let i = 0; i < 3; i++) step(optimiser, i, rate(i));
    const before = flatOf(weights[0]);
    await lender!.withAverage(async () => void expect(flatOf(weights[0])).toEqual(before));
    lender!.restore(structuredClone(lender!.save()));
    for (const optimiser of [lender!, other!]) step(optimiser, 3, rate(3));
    expect(lender!.save()).toEqual(other!.save());
  });

  it.each([options.averageDecay, 0])("leaves no tensor behind, averageDecay %d", async (averageDecay) => {
    const trained = variables();
    const before = tf.memory().numTensors;
    const optimiser = createOptimiser(trained, [], { ...options, averageDecay });
    step(optimiser, 0, 0.1);
    const during = tf.memory().numTensors;
    for (let i = 0; i < 50; i++) step(optimiser, i % 20, 0.1);
    await optimiser.withAverage(() => Promise.resolve());
    optimiser.restore(optimiser.save());
    expect(tf.memory().numTensors).toBe(during);
    optimiser.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("the learning rate", () => {
  it("rises in a line to its peak over the warm-up, then falls along half a cosine", () => {
    const at = (i: number) => learningRateAt(i, 100, 10, 0.5);
    expect([0, 4, 9].map(at)).toEqual([0.05, 0.25, 0.5]);
    expect(at(10)).toBe(0.5);
    expect(at(55)).toBeCloseTo(0.25, 10);
    expect(at(99)).toBeGreaterThan(0);
    expect(at(99)).toBeLessThan(0.5 * 0.001);
    const rates = Array.from({ length: 90 }, (_, i) => at(10 + i));
    expect(rates.every((value, i) => i === 0 || value < rates[i - 1]!)).toBe(true);
  });

  it("starts at the peak without a warm-up, and needs no more than one step", () => {
    expect(learningRateAt(0, 100, 0, 0.5)).toBe(0.5);
    expect(learningRateAt(0, 1, 1, 0.5)).toBe(0.5);
    expect(learningRateAt(0, 1, 0, 0.5)).toBe(0.5);
  });
});
