import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasNativeKernel, withoutNativeKernels } from "../../src/core/native-kernels.js";
import { deviceName, nativeKernels } from "../../src/core/tensorflow.js";
import { type AdamW, type AdamWOptions, createAdamW } from "../../src/kernels/adamw.js";
import { isHalf, toHalf } from "../../src/kernels/half-precision.js";
import { paths, usePath } from "./backends.js";

/** What scripts/goldens/adamw.py wrote: one list of numbers for each tensor. */
const golden = JSON.parse(
  readFileSync(join(__dirname, "..", "goldens", "kernels", "pytorch-adamw.json"), "utf8"),
) as {
  source: string;
  shapes: number[][];
  rules: { rate: number; decay: number }[];
  learningRates: number[];
  clipNorm: number;
  averageDecay: number;
  start: number[][];
  gradients: number[][][];
  weights: number[][];
  average: number[][];
  firstMoment: number[][];
  secondMoment: number[][];
};

const numbersOf = (tensor: tf.Tensor | null): number[] => [...tensor!.dataSync()];
function expectClose(values: readonly number[], expected: readonly number[], most: number): void {
  expect(values.length).toBe(expected.length);
  const distance = values.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  expect(distance).toBeLessThan(most);
}

const forms = ["native", ...paths] as const;

describe.each(forms)("AdamW on the %s path", (form) => {
  beforeAll(() => usePath(form === "native" ? "raw" : form));
  const create = (options: AdamWOptions): AdamW =>
    form === "raw" ? withoutNativeKernels(() => createAdamW(options)) : createAdamW(options);

  it(`equals ${golden.source} over several steps, clipped and not, each tensor by its own rule`, () => {
    const weights = golden.start.map((values, i) => tf.variable(tf.tensor(values, golden.shapes[i]!)));
    const { rules, clipNorm, averageDecay } = golden;
    const adamW = create({ weights, fixed: [], rules, clipNorm, keepsAverage: true });
    golden.learningRates.forEach((learningRate, i) => {
      const gradients = golden.gradients[i]!.map((values, k) => tf.tensor(values, golden.shapes[k]!));
      adamW.update(gradients, { step: i + 1, learningRate, averageDecay });
    });
    weights.forEach((variable, i) => void expectClose(numbersOf(variable), golden.weights[i]!, 1e-6));
    expectClose(numbersOf(adamW.average), golden.average.flat(), 1e-6);
    expectClose(numbersOf(adamW.firstMoment), golden.firstMoment.flat(), 1e-7);
    expectClose(numbersOf(adamW.secondMoment), golden.secondMoment.flat(), 1e-7);
  });

  it("leaves tensors as they are that share the weights' memory or the first average's", () => {
    const weights = [tf.variable(tf.ones([1000]))];
    const before = tf.clone(weights[0]!);
    const rules = [{ rate: 1, decay: 0 }];
    const adamW = create({ weights, fixed: [], rules, clipNorm: null, keepsAverage: true });
    adamW.update([tf.ones([1000])], { step: 1, learningRate: 0.5, averageDecay: 0.5 });
    expect(numbersOf(before)).toEqual(Array(1000).fill(1));
    expect(numbersOf(weights[0]!)[999]).toBeCloseTo(0.5, 5);
    expect(numbersOf(adamW.average)[999]).toBeCloseTo(0.75, 5);
  });

  it("lets what is no number through to every weight when gradients are clipped", () => {
    const weights = [tf.variable(tf.ones([3])), tf.variable(tf.ones([2]))];
    const rules = weights.map(() => ({ rate: 1, decay: 0 }));
    const adamW = create({ weights, fixed: [], rules, clipNorm: 1, keepsAverage: false });
    adamW.update([tf.tensor1d([1, Number.NaN, 1]), tf.ones([2])], {
      step: 1,
      learningRate: 1,
      averageDecay: 0,
    });
    for (const variable of weights) expect(numbersOf(variable).every(Number.isNaN)).toBe(true);
  });

  it("takes a gradient in bf16, and keeps weights and moments in float32", () => {
    if (form === "portable") return; // no bf16 without TensorFlow
    const weights = [tf.variable(tf.tensor1d([1 / 3])), tf.variable(tf.tensor1d([1 / 7]))];
    const rules = weights.map(() => ({ rate: 1, decay: 0 }));
    const adamW = create({ weights, fixed: [], rules, clipNorm: null, keepsAverage: true });
    const gradients = [toHalf(tf.ones([1])), tf.tensor1d([0.3])];
    adamW.update(gradients, { step: 1, learningRate: 1e-4, averageDecay: 0.5 });
    expectClose(weights.flatMap(numbersOf), [1 / 3 - 1e-4, 1 / 7 - 1e-4], 1e-7);
    for (const tensor of [...weights, adamW.average!, adamW.secondMoment]) expect(isHalf(tensor)).toBe(false);
  });

  it("says which gradient does not fit", () => {
    const weights = [tf.variable(tf.ones([2, 3]))];
    const rules = [{ rate: 1, decay: 0 }];
    const adamW = create({ weights, fixed: [], rules, clipNorm: null, keepsAverage: false });
    const step = { step: 1, learningRate: 1, averageDecay: 0 };
    expect(() => adamW.update([tf.ones([3, 2])], step)).toThrow("gradient 0 is [3,2], its weights are [2,3]");
    expect(() => adamW.update([], step)).toThrow("gradient 0 is [absent]");
  });
});

describe("AdamW by the addon", () => {
  beforeAll(() => usePath("raw"));
  const addon = () => require(nativeKernels.path) as { useInstructions(name: string): boolean };
  afterEach(() => void (hasNativeKernel("AffectlabAdamW") && addon().useInstructions("")));

  it("is loaded, where TensorFlow computes on the processor and set-up has compiled it", () => {
    expect(hasNativeKernel("AffectlabAdamW")).toBe(deviceName() === "CPU");
  });

  it.each(["avx512", "avx2", "plain"])("gives TensorFlow's numbers on large odd sizes with %s", (set) => {
    if (deviceName() !== "CPU" || !addon().useInstructions(set)) return; // this processor has them not
    const shapes = [[301, 173], [40_001], [2, 3, 5], [16_384], [1]];
    const draw = (seed: number) =>
      shapes.map((shape, i) => tf.randomNormal(shape, 0, 1, "float32", 10 * seed + i));
    const rules = shapes.map((_, i) => ({ rate: 1 + 0.1 * i, decay: i % 2 === 0 ? 0.1 : 0 }));
    const run = (make: typeof createAdamW) => {
      const weights = draw(1).map((tensor) => tf.variable(tensor));
      const fixed = [tf.variable(tf.ones([33])), tf.variable(tf.zeros([7]))];
      const adamW = make({ weights, fixed, rules, clipNorm: 100, keepsAverage: true });
      for (let step = 1; step <= 3; step++) {
        fixed[1]!.assign(tf.fill([7], step));
        adamW.update(draw(1 + step), { step, learningRate: 0.01, averageDecay: 0.5 });
      }
      return [...weights, adamW.average, adamW.firstMoment, adamW.secondMoment].map(numbersOf);
    };
    const native = run(createAdamW);
    run((options) => withoutNativeKernels(() => createAdamW(options))).forEach((expected, i) => {
      expectClose(native[i]!, expected, 2e-6);
    });
    expect(run(createAdamW)).toEqual(native);
  });
});
